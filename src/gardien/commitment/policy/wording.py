"""Wording for people: templates in each language, filled from the commitment's fields and holding no digit."""

import re
from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_JOINERS = {"fr": {"and": "et", "or": "ou"}, "en": {"and": "and", "or": "or"}}
LANGUAGES = tuple(_JOINERS)


class Part(BaseModel):
    """A piece of a version file: strict types, unknown keys refused, never changed once read."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Wording(Part):
    """The same words in each language. A digit, or a field that only one language names, is refused."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_a_template(self) -> Self:
        if any(letter.isdigit() for letter in self.fr + self.en):
            message = "wording holds no digit: write the number as a field and name the field here"
            raise ValueError(message)
        if set(_PLACEHOLDER.findall(self.fr)) != set(_PLACEHOLDER.findall(self.en)):
            message = "every language must name the same fields"
            raise ValueError(message)
        return self

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names between braces, in the order of the French words."""
        return tuple(_PLACEHOLDER.findall(self.fr))

    def fill(self, language: str, values: Mapping[str, str]) -> str:
        """Return the words with each field in its place, once: braces inside a value stay as they are."""
        template: str = getattr(self, language)
        if language == "fr":
            template = re.sub(r" ([:;?!])", "\N{NO-BREAK SPACE}\\1", template)
        return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def enumerate_words(words: Sequence[str], language: str, joiner: str = "and") -> str:
    """Return "a, b et c" or "a, b and c"; `joiner` is "and" or "or"."""
    *first, last = words
    return f"{', '.join(first)} {_JOINERS[language][joiner]} {last}" if first else last
