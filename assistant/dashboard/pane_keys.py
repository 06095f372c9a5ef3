"""The keys of every screen of a parked car, as data, so that the palette and the help list them without loading a
screen. Binds and runs nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding

FAULT_NAMES: Mapping[str, str] = {
    "t": "tunnel", "o": "network back", "w": "slow network", "a": "answers lost", "c": "captive portal",
    "z": "reset", "h": "hang", "m": "too many", "x": "server off",
    "s": "server on",
}  # fmt: skip
"""What each key puts into a drive before its next step."""

PANE_KEYS: Mapping[str, tuple[Binding, ...]] = {
    "conversation": (),
    "tools": (
        Binding("t,enter", "try", "Try"),
        Binding("e", "switch", "On/off"),
        Binding("plus,equals_sign", "prefer(1)", "More", key_display="+", tooltip="Prefer it to others that fit"),
        Binding("minus", "prefer(-1)", "Less", key_display="-", tooltip="Prefer it less"),
        Binding("s", "own", "Settings", tooltip="The server's own settings of the tool"),
        Binding("a", "approve", "Approve", tooltip="Take a changed tool as it is now"),
    ),
    "servers": (
        Binding("s", "change('start')", "Start"),
        Binding("x", "change('stop')", "Stop"),
        Binding("r", "change('restart')", "Restart"),
        Binding("n", "add", "Add"),
        Binding("i", "import", "Import", tooltip="The servers of another program"),
        Binding("u", "app.restart", "Use", tooltip="Use the changes now"),
    ),
    "outbox": (
        Binding("c", "cancel", "Take back"),
        Binding("r", "retry", "Try now"),
        Binding("l", "look_whether", "Did it happen?"),
        Binding("v", "verify", "Verify", tooltip="Check the chain of the record"),
    ),
    "voice": (
        Binding("r", "record", "Record", tooltip="Three seconds, to hear yourself"),
        Binding("m", "meter", "Meter", tooltip="How loud the microphone is"),
        Binding("d", "devices", "Devices"),
        Binding("i", "install", "Install", tooltip="A recognition model"),
        Binding("u", "use", "Use", tooltip="Another installed model"),
        Binding("k", "keep_sound", "Keep sound", tooltip="Keep the sound of turns in memory"),
    ),
    "vehicle": (
        Binding("d", "choose", "Drive", tooltip="Choose a drive"),
        Binding("g", "go", "Run/pause"),
        Binding("n", "step", "Step"),
        Binding("left", "scrub(-1)", "Back", show=False, tooltip="Look back in the drive"),
        Binding("right", "scrub(1)", "On", show=False, tooltip="Look on in the drive"),
        Binding("end", "scrub(0)", "Newest", show=False),
        Binding("j", "journey", "Journey", tooltip="Let the simulated vehicle travel on the map"),
        *(
            Binding(
                key, f"fault('{key}')", f"Fault: {name}", show=False, tooltip="Befalls the drive before its next step"
            )
            for key, name in FAULT_NAMES.items()
        ),
    ),
    "metrics": (),
}
"""By name of the screen."""

TURN_KEYS: tuple[Binding, ...] = (
    Binding("enter", "open", "Open/close", tooltip="All of a turn"),
    Binding("p", "replay", "Play again", tooltip="The driver's words, if sound is kept"),
    Binding("up", "app.focus_previous", show=False),
    Binding("down", "app.focus_next", show=False),
)
"""Of a turn of the conversation that has the focus; the palette uses those with a description on the newest turn."""


def key_name(binding: Binding) -> str:
    """Return the keys of a binding as they are printed on keyboards."""
    return binding.key_display or ", ".join(map(_printed, binding.key.split(",")))


def _printed(key: str) -> str:
    names = {"plus": "+", "minus": "-", "slash": "/", "pagedown": "PageDown", "pageup": "PageUp"}
    parts = key.split("+")
    return "+".join(names.get(one, one.capitalize() if len(one) > 1 or len(parts) > 1 else one) for one in parts)
