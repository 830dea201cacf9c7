"""The form of a journal entry: a typed tag and references."""

import re
from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

_TAG = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")
_SUBJECT = re.compile(r"[CU]-[0-9A-HJKMNP-TV-Z]{8}")
_REFERENCE = re.compile(rf"{_SUBJECT.pattern}|[0-9a-f]{{64}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}")


class NotATagError(ValueError):
    """A tag is not of the form `room:noun:verb`."""


class NotAReferenceError(ValueError):
    """A journal entry was given a value that is not an identifier; the value itself is not repeated."""


class Tag(StrEnum):
    """The base of each room's one enum of tags; a tag is never renamed."""

    def __init__(self, value: str) -> None:
        if not _TAG.fullmatch(value):
            raise NotATagError(value)


def subject(text: str) -> str:
    """Return a customer or user reference, or no text; raise `NotAReferenceError` for anything else."""
    if text and not _SUBJECT.fullmatch(text):
        raise NotAReferenceError("subject")
    return text


def references(values: Mapping[str, UUID | str | int]) -> dict[str, str]:
    """Return `values` as text, or raise `NotAReferenceError` naming the key that holds anything else.

    Accepted: row ids, customer and user references, SHA-256 digests, version dates and counts. A text of
    any other form (a name, a plate, a telephone number, an e-mail address) is refused.
    """
    for key, value in values.items():
        if not isinstance(value, UUID | int) and not (isinstance(value, str) and _REFERENCE.fullmatch(value)):
            raise NotAReferenceError(key)
    return {key: str(value) for key, value in values.items()}
