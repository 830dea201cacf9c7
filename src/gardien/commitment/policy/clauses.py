"""The shape of a version file: parties, labels, clauses with their fields and wording, notices."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from gardien.commitment.policy.periods import Period
from gardien.commitment.policy.wording import Part, Wording

_Item = TypeVar("_Item")

Text = Annotated[str, Field(min_length=1)]
Mailbox = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
ClauseId = Annotated[str, Field(pattern=r"^(commitment|client|user)(\.[a-z]+(-[a-z]+)*)+$")]
Ids = tuple[Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*$")], ...]


def _some(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """Refuse an empty list."""
    if not items:
        message = "give at least one"
        raise ValueError(message)
    return items


def _day(value: object) -> date:
    """Read a day written 2020-01-25; anything else is refused."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        message = "write the day as year-month-day"
        raise ValueError(message) from None


class Party(Part):
    """An organisation: its name and postal address."""

    name: Text
    address_lines: Annotated[tuple[Text, ...], AfterValidator(_some)]

    @property
    def address(self) -> str:
        """The address on one line."""
        return ", ".join(self.address_lines)


class Desk(Part):
    """A data protection officer's contact points."""

    mailboxes: Annotated[tuple[Mailbox, ...], AfterValidator(_some)]


class Parties(Part):
    """Who is who. The customers' controllers are the repairers, who are not named in a version."""

    network: Party
    provider: Party
    customers_dpo: Desk
    users_dpo: Desk


class Retention(Part):
    """How long data stays: a `period` that runs from the event `start`, or `until` the first of some events."""

    period: Period | None = None
    start: Text | None = None
    until: Ids = ()
    then: Literal["anonymised"] | None = None
    archive: Literal["none"] | None = None


class Delay(Part):
    """How soon a request is answered: a `period` that runs from the event `start`."""

    period: Period
    start: Text


class Clause(Part):
    """One promise. `text` is what the commitment's page says, `spoken` what is read aloud at the counter.

    The other fields are those the wording and the program read; a clause has only its own.
    """

    title: Wording
    text: Wording
    spoken: Wording | None = None
    retention: Retention | None = None
    delay: Delay | None = None
    categories: Ids = ()
    derived: Ids = ()
    rights: Ids = ()
    channels: Ids = ()
    particulars: Ids = ()
    optional_particulars: Ids = ()
    recipients: tuple[Literal["provider", "network"], ...] = ()


class Section(Part):
    """A titled run of clauses in a notice, opened by `lead`, the only wording that may name the controller."""

    title: Wording
    lead: Wording | None = None
    clauses: tuple[ClauseId, ...] = ()


class Notice(Part):
    """How a document is laid out; it promises nothing by itself."""

    title: Wording
    sections: Annotated[tuple[Section, ...], AfterValidator(_some)]


class Notices(Part):
    """`verso`: the customers' notice on the back of a quote. `reading`: what the adviser reads aloud."""

    verso: Notice
    reading: Notice


class VersionFile(Part):
    """Everything a version file holds. `labels` gives the words for each id that a clause lists."""

    effective_date: Annotated[date, BeforeValidator(_day)]
    languages: tuple[Literal["fr", "en"], ...]
    parties: Parties
    labels: Annotated[Mapping[str, Wording], AfterValidator(MappingProxyType)]
    clauses: Annotated[Mapping[ClauseId, Clause], AfterValidator(MappingProxyType)]
    notices: Notices

    @property
    def id(self) -> str:
        """The day of effect, which is also the file's name: "2020-01-25"."""
        return self.effective_date.isoformat()
