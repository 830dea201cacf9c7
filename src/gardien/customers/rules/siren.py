"""The number of a French company: nine digits, the last one a check digit (Luhn)."""

import re
from typing import ClassVar, Final

from stdnum import luhn

from gardien.base import text as base_text

_SIREN: Final = re.compile(r"[0-9]{9}")
_MAX_TYPED: Final = 40


class SirenRefused(base_text.Refused):
    """The text is no SIREN."""

    messages: ClassVar = {"shape": "A SIREN has nine digits, the last one a check digit: check it."}


def parse_siren(text: str) -> str:
    """Return the nine digits of a SIREN, however it was spaced. Refuses with `SirenRefused`; a SIRET is none."""
    typed = base_text.compact(text) if len(text) <= _MAX_TYPED else ""
    if not _SIREN.fullmatch(typed) or not luhn.is_valid(typed):
        raise SirenRefused("shape")
    return typed
