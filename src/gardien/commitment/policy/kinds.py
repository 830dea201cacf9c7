"""The types of clauses that a version may hold, and the closed vocabularies of what a program must recognise.

A clause's id is its population and its type: `user.rights.delay` is the type `rights.delay` of users. Families
(`use.*`, `messages.*`, `retention.*`) leave the last word to the version; all other types are listed. A type that no
version uses yet, such as `source.take-over` or a purpose `use.offers`, is off until a version has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Population = Literal["client", "user"]
POPULATIONS: tuple[Population, ...] = ("client", "user")
"""Customers of a repairer, and users of the site: the first word of a clause's id."""

COMMON_FIELDS = ("title", "text", "spoken")
"""Fields that every clause may have."""

START_EVENTS = (
    "answer",
    "backup",
    "complete_request",
    "cookie",
    "departure",
    "end_of_custody",
    "end_of_purpose",
    "last_activity",
    "objection_made",
    "receipt",
    "record",
    "take_over",
)
"""Events from which a period or a delay runs; a version gives their words in its labels."""

END_EVENTS = ("end_of_services", "erasure_asked", "rectification_asked")
"""Events until which data stays."""

DERIVED_RECORDS = (
    "account_security",
    "company",
    "proof",
    "quote",
    "reference",
    "siren",
    "storage",
)
"""Records that the service makes from what a person told, beside the categories a version lists."""


WARNED = ("client.retention.quotes", "user.retention.contact", "user.retention.leavers", "user.retention.orders")
"""Clauses under which persons' own records lie (`commitment.declarations.Root`): of their end people can be warned."""


@dataclass(frozen=True)
class Kind:
    """A type of clause: the fields it must have and those it may have, beside COMMON_FIELDS."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields that a clause of this type may have."""
        return (*COMMON_FIELDS, *self.required, *self.optional)


PUBLISHED = "commitment.published"
"""The only clause of no population."""

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "persons": Kind(),
        "definition": Kind(("definition",)),
        "collection": Kind(),
        "automatic-collection": Kind(),
        "controller": Kind(("controller",)),
        "source": Kind(("sources",)),
        "source.take-over": Kind(("sources", "delay")),
        "acknowledgement": Kind(("consent", "ask")),
        "basis.consent": Kind(("consent", "ask")),
        "basis.legitimate-interest": Kind(("exceptions",), ("channels",)),
        "basis.contract": Kind(),
        "basis.law": Kind(),
        "basis-matrix": Kind(("bases",)),
        "use.*": Kind(),
        "messages.*": Kind(("channels", "content"), ("senders", "permission", "objection_per")),
        "phone-prospecting": Kind(("permission",)),
        "categories": Kind(("categories",), ("mandatory", "derived")),
        "categories.derived": Kind(("derived",)),
        "mandatory-fields": Kind(),
        "disclosure": Kind((), ("recipients",)),
        "recipients": Kind(("recipients",)),
        "transfers": Kind(("transfers",)),
        "rights": Kind(("rights",), ("channels", "exceptions")),
        "rights.channels": Kind(("channels",)),
        "rights.executor": Kind(("executor",)),
        "rights.particulars": Kind(("particulars", "particulars_are"), ("optional_particulars",)),
        "rights.identity-proof": Kind(("identity",)),
        "rights.delay": Kind(("delay",)),
        "rights.complaint": Kind(),
        "rights.post-mortem": Kind(),
        "notice.verso": Kind(),
        "retention.derogations": Kind(("grounds",)),
        "retention.*": Kind(("retention",), ("purposes", "channels")),
        "archive.intermediate": Kind(("access",), ("grounds",)),
        "evidence.retention": Kind(("records",), ("purposes",)),
        "backup.retention": Kind(("retention",)),
    }
)


def kind_of(clause_id: str) -> Kind | None:
    """Return the type of a clause by its id, None if there is no such type."""
    if clause_id == PUBLISHED:
        return Kind()
    population, _, name = clause_id.partition(".")
    if population not in POPULATIONS:
        return None
    family, _, rest = name.partition(".")
    return KINDS.get(name) or (KINDS.get(f"{family}.*") if rest and "." not in rest else None)


def known_ids() -> list[str]:
    """Return every clause id a version may hold, families as `client.use.*`."""
    return [PUBLISHED, *(f"{population}.{name}" for population in POPULATIONS for name in KINDS)]


def is_purpose(clause_id: str) -> bool:
    """Say whether a clause is a purpose: something that data is used for, or a channel of messages."""
    return clause_id.split(".")[1] in {"use", "messages"}
