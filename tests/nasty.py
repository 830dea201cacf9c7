"""The committed list of nasty strings, for every field that takes text."""

import json
from pathlib import Path

FILE = Path(__file__).parent / "data" / "nasty_strings.json"


def load() -> list[tuple[str, str]]:
    """Return (name, text) pairs; names are unique and describe the text, some texts are a million characters long.

    An entry of the file is a `value`, or `times` times `repeat` between an optional `before` and `after`.
    """
    return [(entry["name"], _text(entry)) for entry in json.loads(FILE.read_text(encoding="utf-8"))]


def _text(entry: dict[str, str | int]) -> str:
    if "value" in entry:
        return str(entry["value"])
    return f"{entry.get('before', '')}{str(entry['repeat']) * int(entry['times'])}{entry.get('after', '')}"
