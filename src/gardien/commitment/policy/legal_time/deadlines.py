"""When a request must have been answered: what was promised and what the law says, the shorter governs.

Every day is a calendar day in Paris. Sources, as read.
Regulation (EEC, Euratom) 1182/71, art. 3(1): the day of the event is not counted; 3(4): see `days`.
GDPR, art. 12(3): one month from receipt; two further months if the person is told so, with the reasons, in that month.
Décret n° 2005-1309, art. 92 (as of 4 August 2018; décret n° 2019-536 replaced it): the delays of art. 12(3) are
suspended while information needed to identify the person is awaited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from gardien.commitment.policy.legal_time.days import ONE_DAY, Territory, next_working_day, same_numbered_day
from gardien.commitment.policy.periods import Period

RESPONSE_PERIOD = Period(months=1)
"""GDPR, art. 12(3)."""
EXTENSION_PERIOD = Period(months=2)
"""What an extension adds (GDPR, art. 12(3))."""


class SuspensionRefusedError(ValueError):
    """The suspension ends before it begins, or begins before the request was received."""


class ExtensionRefusedError(ValueError):
    """No reasoned letter left in the first month after receipt, before the delay ended: the first due date stands."""


class UnknownStartError(ValueError):
    """A delay starts at "receipt" or at "complete_request"."""


class IncompleteRequestError(ValueError):
    """A request cannot be complete before it was received."""


class Delay(Protocol):
    """A promised delay."""

    @property
    def period(self) -> Period:
        """How long."""

    @property
    def start(self) -> str:
        """The event it runs from: "receipt" or "complete_request"."""

    @property
    def extension(self) -> str | None:
        """The word "law" if it may be extended as the law allows, else None."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """Time that does not run, because identity was asked for on a recorded reasonable doubt; nothing else suspends.

    From the day it was asked to the eve of `until_day`, the day it arrived; None while it is awaited.
    """

    from_day: date
    until_day: date | None = None

    def __post_init__(self) -> None:
        if self.until_day and self.until_day < self.from_day:
            message = "the proof of identity cannot arrive before it was asked for: correct one of the two days"
            raise SuspensionRefusedError(message)


@dataclass(frozen=True, slots=True)
class Extension:
    """A letter to the person saying that more time is needed: the day it was sent, and whether it gives the reasons."""

    sent_day: date
    is_reasoned: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day to answer. `first_due` ignores suspensions and the extension; `due` is None while suspended."""

    first_due: date
    due: date | None

    @property
    def is_suspended(self) -> bool:
        """Whether identity is still awaited."""
        return self.due is None


@dataclass(frozen=True, slots=True)
class GoverningDeadline:
    """What was promised and what the law says; `promise` is None until the event it starts from has happened."""

    promise: Deadline | None
    law: Deadline

    @property
    def due(self) -> date | None:
        """The shorter of the two; None while all that has started is suspended."""
        days = [each.due for each in (self.promise, self.law) if each and each.due]
        return min(days, default=None)

    @property
    def governed_by(self) -> Literal["promise", "law"]:
        """Which of the two gives `due`; the law if both do, or neither."""
        return "law" if self.due == self.law.due else "promise"


def deadline(
    received: date,
    period: Period,
    *,
    suspensions: Sequence[Suspension] = (),
    extension: Extension | None = None,
    territory: Territory = "metropolitan",
) -> Deadline:
    """Return when a request received on a day (of the message or letter, never of its entry) must be answered.

    A suspension that begins once the time is over is without effect. An extension counts from receipt too. Without it,
    `due` is the last day to send its letter, or a refusal. Raises SuspensionRefusedError and ExtensionRefusedError.
    """
    if any(suspension.from_day < received for suspension in suspensions):
        message = "identity cannot be asked for before the request was received: correct one of the two days"
        raise SuspensionRefusedError(message)
    if extension and not _is_valid(extension, received, period, suspensions, territory):
        message = "no reasoned letter was sent in the first month, before the delay ended: answer by the first due date"
        raise ExtensionRefusedError(message)
    return _deadline(received, period, suspensions, territory, is_extended=extension is not None)


def governing_deadline(
    promise: Delay,
    *,
    received: date,
    completed: date | None,
    law: Period = RESPONSE_PERIOD,
    suspensions: Sequence[Suspension] = (),
    extension: Extension | None = None,
    territory: Territory = "metropolitan",
) -> GoverningDeadline:
    """Return the promised and the legal deadline of a request, computed and suspended by the same rules.

    `completed` is the day the request held all that the promise asks for, None if it does not yet. The extension
    lengthens the promise only if the promise says so and the letter left before the promised day. Raises what
    `deadline` raises, UnknownStartError and IncompleteRequestError.
    """
    if completed and completed < received:
        message = "a request cannot be complete before it was received: correct one of the two days"
        raise IncompleteRequestError(message)
    legal = deadline(received, law, suspensions=suspensions, extension=extension, territory=territory)
    start = _start(promise, received, completed)
    if start is None:
        return GoverningDeadline(None, legal)
    promised = _deadline(start, promise.period, suspensions, territory, is_extended=False)
    in_time = extension is not None and (promised.due is None or extension.sent_day <= promised.due)
    if in_time and promise.extension == "law":
        promised = _deadline(start, promise.period, suspensions, territory, is_extended=True)
    return GoverningDeadline(promised, legal)


def _start(promise: Delay, received: date, completed: date | None) -> date | None:
    if promise.start not in ("receipt", "complete_request"):
        message = f"a delay cannot start at “{promise.start}”: write receipt or complete_request"
        raise UnknownStartError(message)
    return received if promise.start == "receipt" else completed


def _is_valid(
    extension: Extension, received: date, period: Period, suspensions: Sequence[Suspension], territory: Territory
) -> bool:
    """Tell whether a reasoned letter left between receipt and the end of both the first month and the period."""
    limits = [_end(received, each, suspensions, territory) for each in (RESPONSE_PERIOD, period)]
    return extension.is_reasoned and all(received <= extension.sent_day <= (limit or date.max) for limit in limits)


def _deadline(
    start: date, period: Period, suspensions: Sequence[Suspension], territory: Territory, *, is_extended: bool
) -> Deadline:
    first_due = next_working_day(same_numbered_day(start, period), territory)
    return Deadline(first_due, _end(start, _extended(period) if is_extended else period, suspensions, territory))


def _extended(period: Period) -> Period:
    return period.model_copy(update={"months": period.months + EXTENSION_PERIOD.months})


def _end(start: date, period: Period, suspensions: Sequence[Suspension], territory: Territory) -> date | None:
    """Return the working day on which a period ends, each suspended day of it added once; None while suspended."""
    end = same_numbered_day(start, period)
    running = start + ONE_DAY
    for stop in sorted(suspensions, key=lambda suspension: suspension.from_day):
        if stop.from_day > next_working_day(end, territory):
            break
        if stop.until_day is None:
            return None
        begin = max(stop.from_day, running)
        if stop.until_day > begin:
            end = max(end, begin) + (stop.until_day - begin)
            running = stop.until_day
    return next_working_day(end, territory)
