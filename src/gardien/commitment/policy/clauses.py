"""The shape of a version file: parties, labels, clauses with their fields and wording, notices."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from gardien.commitment.policy.kinds import DERIVED_RECORDS, END_EVENTS, START_EVENTS
from gardien.commitment.policy.periods import Period
from gardien.commitment.policy.wording import Part, Wording

_Item = TypeVar("_Item")


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


Text = Annotated[str, Field(min_length=1)]
Lines = Annotated[tuple[Text, ...], AfterValidator(_some)]
Mailbox = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", examples=["desk@organisation.example"])]
ClauseId = Annotated[str, Field(pattern=r"^(commitment|client|user)(\.[a-z]+(-[a-z]+)*)+$", examples=["user.rights"])]
Word = Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*$")]
Ids = tuple[Word, ...]
# The JSON Schema says which words are known; `checks` refuses the others, after those that have no label.
StartEvent = Annotated[Word, Field(json_schema_extra={"enum": list(START_EVENTS)})]
EndEvent = Annotated[Word, Field(json_schema_extra={"enum": list(END_EVENTS)})]
DerivedRecord = Annotated[Word, Field(json_schema_extra={"enum": list(DERIVED_RECORDS)})]
Basis = Literal["consent", "legitimate-interest", "contract", "law"]
Permission = Literal["opt_out", "opt_in"]


class Party(Part):
    """An organisation: its name and postal address."""

    name: Text
    address_lines: Lines

    @property
    def address(self) -> str:
        """The address on one line."""
        return ", ".join(self.address_lines)


class Authority(Party):
    """The supervisory authority: its address on the web stands beside that of its letters."""

    website: Text


class Desk(Part):
    """A data protection officer's contact points."""

    mailboxes: Annotated[tuple[Mailbox, ...], AfterValidator(_some)]


class Parties(Part):
    """Who is who. The customers' controllers are the repairers, who are not named in a version."""

    network: Party
    provider: Party
    customers_dpo: Desk
    users_dpo: Desk
    authority: Authority | None = None


class Retention(Part):
    """How long data stays: a `period` that runs from the event `start`, or `until` the first of some events.

    `then` is what happens at that instant, `archive` what a derogation keeps beside it, `access` who may still reach
    what is left. `adds_legal_periods` says that periods set by law come on top. `warning` is how long before that
    instant the person is warned, and how long they are given from the warning at least, should it come late.
    """

    period: Period | None = None
    start: StartEvent | None = None
    until: tuple[EndEvent, ...] = ()
    then: Literal["anonymised", "erased"] | None = None
    archive: Literal["none", "intermediate"] | None = None
    access: Literal["restricted"] | None = None
    adds_legal_periods: bool = False
    warning: Period | None = None

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if (self.period is None) != (self.start is None) or not (self.period or self.until):
            message = "data stays for a period that has a start, or until some events"
            raise ValueError(message)
        return self


class Delay(Part):
    """How soon a request is answered: a `period` that runs from `start`, longer by the law's `extension` or not."""

    period: Period
    start: StartEvent
    extension: Literal["law"] | None = None


class Responsible(Part):
    """Who decides what data is used for, and whether the notice names them."""

    party: Literal["repairer", "network"]
    is_named: bool


class Consent(Part):
    """How consent is taken: in which form, which acts one answer stands for, and how many boxes are ticked."""

    form: Literal["oral", "tick_box"]
    acts: Annotated[tuple[Literal["processing", "acknowledgement"], ...], AfterValidator(_some)]
    boxes: int = Field(ge=0)


class Identity(Part):
    """When a proof of identity is asked for, and which."""

    when: Literal["certain_requests", "recorded_doubt"]
    proof: Literal["signed_copy", "supporting_documents", "any_means"]


class Executor(Part):
    """Who carries out a request; `is_mandated` if on the controller's instruction and under its responsibility."""

    party: Literal["provider", "controller"]
    is_mandated: bool


class Clause(Part):
    """One promise. `text` is what the commitment's page says, `spoken` what is read aloud at the counter.

    `ask` is the question that a person says yes or no to. The other fields are those that the wording and the program
    read; a clause has only those of its type (`kinds.KINDS`).
    """

    title: Wording
    text: Wording
    spoken: Wording | None = None
    ask: Wording | None = None
    controller: Responsible | None = None
    definition: Literal["identifies_or_logs_in", "gdpr"] | None = None
    sources: tuple[Literal["person", "controller", "site_form", "repairer_file"], ...] = ()
    consent: Consent | None = None
    bases: Annotated[Mapping[ClauseId, Basis], AfterValidator(MappingProxyType)] = Field(default_factory=dict)
    exceptions: Literal["none", "not_for_marketing", "some"] | None = None
    content: Literal["offers", "service"] | None = None
    senders: tuple[Literal["controller", "partners"], ...] = ()
    permission: Permission | None = None
    objection_per: tuple[Literal["sender", "channel"], ...] = ()
    categories: Ids = ()
    mandatory: Ids = ()
    derived: tuple[DerivedRecord, ...] = ()
    recipients: tuple[Literal["provider", "network"], ...] = ()
    transfers: Literal["none", "adequacy", "safeguards"] | None = None
    rights: Ids = ()
    channels: Ids = ()
    particulars: Ids = ()
    particulars_are: Literal["demanded", "asked"] | None = None
    optional_particulars: Ids = ()
    identity: Identity | None = None
    executor: Executor | None = None
    delay: Delay | None = None
    retention: Retention | None = None
    purposes: tuple[ClauseId, ...] = ()
    grounds: Ids = ()
    access: Literal["restricted"] | None = None
    records: Annotated[Mapping[Word, Retention], AfterValidator(MappingProxyType)] = Field(default_factory=dict)


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

    effective_date: Annotated[date, BeforeValidator(_day), Field(examples=["2026-11-22"])]
    languages: tuple[Literal["fr", "en"], ...]
    parties: Parties
    labels: Annotated[Mapping[str, Wording], AfterValidator(MappingProxyType)]
    clauses: Annotated[Mapping[ClauseId, Clause], AfterValidator(MappingProxyType)]
    notices: Notices

    @property
    def id(self) -> str:
        """The day of effect, which is also the file's name: "2020-01-25"."""
        return self.effective_date.isoformat()

    def population(self, name: str) -> dict[str, Clause]:
        """Return the clauses of "client" or "user", in the order of the file."""
        return {id_: clause for id_, clause in self.clauses.items() if id_.startswith(f"{name}.")}
