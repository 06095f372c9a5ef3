"""The settings as a form, stored in the user's mcqueen.toml. Servers and the profile are edited elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from assistant.dashboard.screens.sheet_screen import FormSheet
from assistant.settings.settings_file import keep, user_file

if TYPE_CHECKING:
    from assistant.dashboard.face import Face
    from assistant.settings.settings import Settings
    from client.values import JSON

SECTIONS = ("voice", "car", "calls", "dashboard", "")
LEFT_OUT = frozenset({"dashboard.welcomed", "calls.fresh_for", "calls.fallbacks", "data_folder"})


class SettingsScreen(FormSheet):
    """The settings, section by section."""

    def __init__(self, settings: Settings) -> None:
        self._now = settings
        super().__init__(
            "Settings", settings_schema(settings), self._keep,
            values=settings_values(settings), button="Keep", about=f"kept in {user_file()}",
        )  # fmt: skip

    def _keep(self, values: dict[str, JSON]) -> str:
        app = cast("Face", self.app)
        before = settings_values(self._now)
        schema = cast("dict[str, dict[str, JSON]]", settings_schema(self._now)["properties"])
        empty: dict[str, JSON] = {key: [] if part.get("type") == "array" else "" for key, part in schema.items()}
        changes = {key: values.get(key, empty[key]) for key in before if values.get(key, empty[key]) != before[key]}
        if not changes:
            return ""
        app.settings = keep(self._now, cast("dict[str, str]", changes), app.complain)
        if "dashboard.theme" in changes:
            app.theme = f"mcqueen-{app.settings.dashboard.theme}"
        app.notify("Kept. Voice and servers follow after a restart of the assistant (Ctrl+P, restart)", markup=False)
        return ""


def settings_values(settings: Settings) -> dict[str, JSON]:
    """Return the values of the form by `section.key`."""
    found: dict[str, JSON] = {}
    values = settings.model_dump(mode="json")
    for section in SECTIONS:
        for name, value in (values[section] if section else values).items():
            key = f"{section}.{name}" if section else name
            if key not in LEFT_OUT and not isinstance(value, dict):
                found[key] = value
    return found


def settings_schema(settings: Settings) -> dict[str, JSON]:
    """Return a JSON Schema of one flat object with the settings of the form."""
    whole = type(settings).model_json_schema()
    properties: dict[str, JSON] = {}
    for key in settings_values(settings):
        section, _, name = key.rpartition(".")
        place = whole
        if section:
            reference = whole["properties"][section]
            named = str(reference.get("$ref") or reference["allOf"][0]["$ref"])
            place = whole["$defs"][named.rpartition("/")[2]]
        properties[key] = place["properties"][name]
    return {"type": "object", "properties": properties}
