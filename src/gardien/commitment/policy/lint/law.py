"""The law table: articles of official texts, from which day they bind, and when each was read."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import Field
from ruamel.yaml import YAML

from gardien.commitment.policy.wording import Part

LAW_FILE = Path(__file__).parents[2] / "law.yaml"


class Article(Part):
    """An article of an official text, and what it says in our few words.

    It binds from `applies_from` on; without one, since before any version. `verified_on` is the day it was read, in
    `verified_against`; without one it is no authority.
    """

    text: str = Field(min_length=1)
    article: str = Field(min_length=1)
    says: str = Field(min_length=1)
    applies_from: date = date.min
    verified_on: date | None
    verified_against: str = Field(min_length=1)

    @property
    def authority(self) -> str | None:
        """The article as it is cited, "Regulation (EU) 2016/679, art. 12(3)"; None if nobody has read it."""
        return f"{self.text}, art. {self.article}" if self.verified_on else None


@cache
def articles(path: Path = LAW_FILE) -> Mapping[str, Article]:
    """Return the law table by key; pydantic's ValidationError points at a wrong entry."""
    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return MappingProxyType({key: Article.model_validate(entry) for key, entry in data.items()})
