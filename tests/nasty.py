"""The committed list of nasty strings, for every field that takes text."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

FILE = Path(__file__).parent / "data" / "nasty_strings.json"


def load() -> list[tuple[str, str]]:
    """Return (name, text) pairs; names are unique and describe the text, some texts are a million characters long.

    An entry of the file is a `value`, or `times` times `repeat` between an optional `before` and `after`.
    """
    return [(entry["name"], _text(entry)) for entry in json.loads(FILE.read_text(encoding="utf-8"))]


def forms(
    strings: list[tuple[str, str]], fields: Iterable[str], accepts: Callable[[str], bool]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what to type, with its name: strings that are accepted one to a field, each other one into all fields."""
    together = [each for each in strings if accepts(each[1])]
    yield from ((name, dict.fromkeys(fields, value)) for name, value in strings if not accepts(value))
    places = [*fields]
    for first in range(0, len(together), len(places)):
        names, values = zip(*together[first : first + len(places)], strict=True)
        yield ", ".join(names), dict(zip(places, values, strict=False))


def _text(entry: dict[str, str | int]) -> str:
    if "value" in entry:
        return str(entry["value"])
    return f"{entry.get('before', '')}{str(entry['repeat']) * int(entry['times'])}{entry.get('after', '')}"
