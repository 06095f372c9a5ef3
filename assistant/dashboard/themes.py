"""Four themes: dark, light, high contrast, and red for the night.

Colours only; a setting chooses one. Body text has at least 4.5:1 contrast, and aims at 7:1 (row S18); a test measures
every pair on the screen.
"""

from __future__ import annotations

from textual.theme import Theme

DARK, LIGHT, HIGH_CONTRAST, NIGHT = "dark", "light", "high-contrast", "night"


def _theme(
    name: str, *, dark: bool, text: str, ground: str, surface: str, panel: str, accent: str, good: str, warn: str,
    bad: str, chosen: str, on_chosen: str, faint: str,
) -> Theme:  # fmt: skip
    """Return a theme in which all text uses a few colours."""
    return Theme(
        name=f"mcqueen-{name}",
        primary=accent,
        secondary=accent,
        accent=accent,
        foreground=text,
        background=ground,
        surface=surface,
        panel=panel,
        success=good,
        warning=warn,
        error=bad,
        dark=dark,
        variables={**_roles(text, faint, accent, good, warn, bad, panel, surface), **_chosen(chosen, on_chosen)},
    )


def _roles(
    text: str, faint: str, accent: str, good: str, warn: str, bad: str, panel: str, surface: str
) -> dict[str, str]:
    """Return the colour of each part of a widget."""
    return {
        "faint": faint,
        "text": text,
        "text-muted": faint,
        "text-disabled": faint,
        "text-primary": accent,
        "text-secondary": accent,
        "text-accent": accent,
        "text-success": good,
        "text-warning": warn,
        "text-error": bad,
        "foreground-muted": faint,
        "foreground-disabled": faint,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-foreground": text,
        "block-cursor-blurred-background": panel,
        "input-selection-background": panel,
        "footer-background": panel,
        "footer-foreground": text,
        "footer-description-foreground": text,
        "footer-key-foreground": accent,
        "footer-key-background": panel,
        "footer-description-background": panel,
        "footer-item-background": panel,
        "border": accent,
        "border-blurred": faint,
        "scrollbar": faint,
        "scrollbar-hover": accent,
        "scrollbar-active": accent,
        "scrollbar-background": surface,
        "scrollbar-background-hover": surface,
        "scrollbar-background-active": surface,
        "scrollbar-corner-color": surface,
        "button-foreground": text,
        "button-focus-text-style": "bold underline",
        "markdown-h1-color": accent,
    }


def _chosen(chosen: str, on_chosen: str) -> dict[str, str]:
    """Return the colours of the chosen entry and of the one under the cursor."""
    return {
        "on-chosen": on_chosen,
        "chosen": chosen,
        "block-cursor-foreground": on_chosen,
        "block-cursor-background": chosen,
        "input-cursor-foreground": on_chosen,
        "input-cursor-background": chosen,
        "button-color-foreground": on_chosen,
    }


THEMES: tuple[Theme, ...] = (
    _theme(DARK, dark=True, text="#e8edf2", ground="#101418", surface="#161c22", panel="#222b34", accent="#7cc4ff",
           good="#7ddc8e", warn="#ffd166", bad="#ff9b9b", chosen="#7cc4ff", on_chosen="#08121c", faint="#a9b8c6"),
    _theme(LIGHT, dark=False, text="#14191f", ground="#fbfbf8", surface="#f2f2ee", panel="#e2e4e0", accent="#0b3f75",
           good="#0d4a1f", warn="#5c3a00", bad="#8a0f0f", chosen="#0b3f75", on_chosen="#ffffff", faint="#3d4650"),
    _theme(HIGH_CONTRAST, dark=True, text="#ffffff", ground="#000000", surface="#000000", panel="#1a1a1a",
           accent="#ffff00", good="#00ff66", warn="#ffff00", bad="#ffb3b3", chosen="#ffff00", on_chosen="#000000",
           faint="#ffffff"),
    # One hue, so that eyes stay used to the dark; the words carry what colours carry elsewhere.
    _theme(NIGHT, dark=True, text="#ff8f85", ground="#0c0000", surface="#120101", panel="#200505", accent="#ffa59d",
           good="#ff9a90", warn="#ffb0a8", bad="#ffc2bc", chosen="#ff8f85", on_chosen="#0c0000", faint="#f58a81"),
)  # fmt: skip
NAMES = tuple(theme.name.removeprefix("mcqueen-") for theme in THEMES)


def luminance(red: int, green: int, blue: int) -> float:
    """Return the relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2)."""
    parts = [part / 255 for part in (red, green, blue)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: tuple[int, int, int], second: tuple[int, int, int]) -> float:
    """Return the contrast of two sRGB colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(*first), luminance(*second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
