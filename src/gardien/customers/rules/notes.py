"""The text of a note: short, because a note helps to serve a customer and is no file about them."""

from typing import ClassVar, Final

from gardien.base import text as base_text

LONGEST_NOTE: Final = 300


class NoteRefused(base_text.Refused):
    """The text is no note."""

    messages: ClassVar = {**base_text.Refused.messages, "empty": "Type the note, or leave the page."}


def parse_note(text: str) -> str:
    """Return a note as it is kept, lines and all, at most `LONGEST_NOTE` characters. Refuses with `NoteRefused`."""
    try:
        note = base_text.clean(text, max_length=LONGEST_NOTE, multiline=True)
    except base_text.Refused as refused:
        raise NoteRefused(refused.code, **refused.params) from refused
    if not note:
        raise NoteRefused("empty")
    return note
