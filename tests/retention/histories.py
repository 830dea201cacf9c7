"""Histories of repairers' customers, generated so that what happens to them happens near the instants that matter."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from hypothesis import strategies as st

from gardien.commitment import policy
from gardien.standing.rules import Event, Ground
from tests.commitment.versions_made import Data, changed, without

PARIS = ZoneInfo("Europe/Paris")
PURPOSES = ("client.use.quote", "client.use.storage", "client.messages.email")
MOVING = (Event.DETAILS_TOLD, Event.QUOTE_ISSUED, Event.QUOTE_REFUSED, Event.STORAGE_STARTED, Event.APPOINTMENT_KEPT)
HELD = ("last_name", "email", "plate", "derived:quote", "derived:storage")

# Versions: other periods, clauses that are missing, purposes that a clause names or does not.

SPANS: tuple[Data, ...] = (
    {"years": 2},
    {"months": 24},
    {"years": 1, "months": 6},
    {"months": 13},
    {"days": 400},
    {"years": 2, "days": 1},
)
WARNINGS: tuple[Data | None, ...] = (None, None, None, {"months": 1}, {"days": 10})


@dataclass(frozen=True)
class Terms:
    """What one version changes of a shipped file; `gone` are clauses that it does not have."""

    effective: str
    quotes: Data
    messages: Data
    gone: tuple[str, ...] = ()
    purposes: tuple[str, ...] | None = None
    evidence: Data | None = None
    warning: Data | None = None

    def made(self) -> policy.Version:
        """Return the version, without a file."""
        shipped = "2020-01-25" if self.effective < "2026" else "2026-11-22"
        return changed(shipped, self._change)

    def _change(self, data: Data) -> None:
        data["effective_date"] = self.effective
        clauses = data["clauses"]
        clauses["client.retention.quotes"]["retention"]["period"] = self.quotes
        clauses["client.retention.messages"]["retention"]["period"] = self.messages
        if self.warning:
            clauses["client.retention.quotes"]["retention"]["warning"] = self.warning
        if self.purposes is not None:
            clauses["client.retention.quotes"]["purposes"] = list(self.purposes)
        if self.evidence and "client.evidence.retention" in clauses:
            for record in ("journal", "consent_proof", "objection_digest"):
                clauses["client.evidence.retention"]["records"][record]["period"] = self.evidence
        without(data, *self.gone)


def terms(effective: str) -> st.SearchStrategy[Terms]:
    """Give versions of a day."""
    spans = st.sampled_from(SPANS)
    return st.builds(
        Terms,
        st.just(effective),
        spans,
        spans,
        gone=st.sampled_from([(), (), (), ("client.retention.messages",), ("client.retention.quotes",)]),
        purposes=st.sampled_from([None, None, (), PURPOSES[:1], PURPOSES[:2]]),
        evidence=st.sampled_from([None, {"months": 6}, {"years": 1}]),
        warning=st.sampled_from(WARNINGS),
    )


# People: everything that happens to them happens near the end of some period before the sweep.

LATE_HOURS = (time(21, 30), time(22), time(22, 30), time(23), time(23, 30), time(0), time(0, 30), time(10))
"""In UTC, around midnight in Paris in winter and in summer."""


@dataclass(frozen=True)
class When:
    """An instant: some days beside the one from which a person's span would end on the sweep's; or lately."""

    days: int
    hour: time
    is_late: bool = False

    def before(self, as_of: datetime, span: Data) -> datetime:
        """Return the instant."""
        length = {"days": 20} if self.is_late else span
        day = as_of.astimezone(PARIS).date() - relativedelta(**length) + timedelta(days=self.days)
        return datetime.combine(max(day, date(2020, 2, 1)), self.hour, UTC)


NEAR = st.builds(When, st.integers(-2, 1), st.sampled_from(LATE_HOURS))
LATELY = st.builds(When, st.integers(-15, 15), st.sampled_from(LATE_HOURS), st.just(True))
LATE = When(0, time(10), is_late=True)
WHENS = st.one_of(*[NEAR] * 9, LATELY)


@dataclass(frozen=True)
class Holding:
    """A hold, whose last day lies so many days from the sweep's; or one that was released."""

    ground: Ground
    category: str
    days: int
    is_released: bool


@dataclass(frozen=True)
class Record:
    """One record of a person: when it was told, what was read, done and written under its reference."""

    told: When
    readings: tuple[tuple[When, int], ...]
    facts: tuple[tuple[Event, When], ...]
    quotes: tuple[str, ...]
    """The state of each."""
    messages: int
    answers: tuple[tuple[bool, When], ...]
    has_note: bool
    warned: tuple[When, ...]


@dataclass(frozen=True)
class Somebody:
    """A person: their records, whether they were merged, and what else was said of them, by record."""

    records: tuple[Record, ...]
    join: str
    """`apart`, `merged`, `parted` after a merge, or `chained`, the last into the one before it."""
    endings: tuple[tuple[int, str, When], ...]
    resumptions: tuple[tuple[int, str, When], ...]
    holds: tuple[tuple[int, Holding], ...]
    restriction: str
    """`none`, `placed` or `lifted`."""
    span: int
    """The rank of the span, of those of all versions, at whose end their events lie."""


@dataclass(frozen=True)
class History:
    """Everything that one example writes."""

    as_of: datetime
    versions: tuple[Terms, ...]
    people: tuple[tuple[int, Somebody], ...]
    """With the rank of their repairer."""
    objections: tuple[tuple[int, When], ...]
    entries: tuple[When, ...]
    abandoned: tuple[When, ...]
    """Readings that no record followed, each with what was typed."""

    def span(self, rank: int) -> Data:
        """Return the span of a rank, of those of all versions."""
        spans = [each for version in self.versions for each in (version.quotes, version.messages, version.evidence)]
        held = [each for each in spans if each]
        return held[rank % len(held)]


RECORDS = st.builds(
    Record,
    told=NEAR,
    readings=st.lists(st.tuples(WHENS, st.integers(0, 2)), max_size=2).map(tuple),
    facts=st.lists(st.tuples(st.sampled_from(MOVING), WHENS), max_size=2).map(tuple),
    quotes=st.lists(st.sampled_from(["expired", "expired", "accepted", "draft"]), max_size=2).map(tuple),
    messages=st.integers(0, 1),
    answers=st.lists(st.tuples(st.booleans(), WHENS), max_size=2).map(tuple),
    has_note=st.booleans(),
    warned=st.lists(LATELY, max_size=1).map(tuple),
)
WHICH = st.integers(0, 2)
PEOPLE = st.builds(
    Somebody,
    records=st.lists(RECORDS, min_size=1, max_size=3).map(tuple),
    join=st.sampled_from(["apart", "merged", "merged", "parted", "chained"]),
    endings=st.lists(st.tuples(WHICH, st.sampled_from(PURPOSES), WHENS), max_size=3).map(tuple),
    resumptions=st.lists(st.tuples(WHICH, st.sampled_from(PURPOSES), WHENS), max_size=2).map(tuple),
    holds=st.lists(
        st.tuples(
            WHICH,
            st.builds(
                Holding,
                st.sampled_from(Ground),
                st.sampled_from(HELD),
                st.integers(-2, 2),
                st.sampled_from([False, False, True]),
            ),
        ),
        max_size=2,
    ).map(tuple),
    restriction=st.sampled_from(["none", "none", "none", "placed", "lifted"]),
    span=st.integers(0, 5),
)
ACTIVE = st.builds(lambda record: replace(record, facts=((Event.QUOTE_REFUSED, LATE),)), RECORDS)
WITHDRAWN = st.builds(
    lambda somebody, record, ended, resumed: replace(
        somebody,
        records=(record,),
        restriction="none",
        endings=tuple((0, purpose, ended) for purpose in PURPOSES),
        resumptions=tuple((0, purpose, resumed) for purpose in PURPOSES[:2]) if resumed else (),
    ),
    PEOPLE,
    ACTIVE,
    WHENS,
    st.none() | WHENS | st.just(LATE),
)
"""Who was active lately, took everything back, and perhaps let it go on: none of their periods is over."""
DAYS = st.dates(date(2027, 1, 1), date(2029, 12, 31)) | st.sampled_from(
    [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2027, 3, 28), date(2027, 10, 31)]
)
INSTANTS = st.builds(
    lambda day, hour: datetime.combine(day, hour, PARIS).astimezone(UTC),
    DAYS,
    st.sampled_from([time(0), time(0, 0, 1), time(1, 30), time(12), time(23, 59, 59)]),
)
HISTORIES = st.builds(
    History,
    as_of=INSTANTS,
    versions=st.one_of(
        st.tuples(terms("2020-01-25")),
        st.tuples(terms("2020-01-25"), terms("2026-11-22")),
        st.tuples(terms("2020-01-25"), terms("2025-09-01"), terms("2026-11-22")),
        st.tuples(terms("2020-01-25"), terms("2026-11-22"), terms("2028-06-01")),
    ),
    people=st.lists(st.tuples(st.integers(0, 1), PEOPLE | WITHDRAWN), min_size=2, max_size=6).map(tuple),
    objections=st.lists(st.tuples(st.integers(0, 1), WHENS), max_size=4).map(tuple),
    entries=st.lists(WHENS, max_size=3).map(tuple),
    abandoned=st.lists(WHENS, max_size=1).map(tuple),
)


def versions(history: History) -> policy.Versions:
    """Return the versions of a history."""
    return policy.Versions(tuple(each.made() for each in history.versions))
