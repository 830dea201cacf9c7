"""The vocabulary of readings, decisions and objections, and how an address is spelt before it is digested."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gardien.base import text
from gardien.journal import rules as journal

_E164: Final = re.compile(r"\+[1-9][0-9]{5,14}")
_EMAIL: Final = re.compile(r"[!-?A-~]+@[!-?A-~]+")


class Channel(StrEnum):
    """By what a person is reached (mission.md, fixed vocabularies); the commitment's labels are `by_<channel>`."""

    EMAIL = "email"
    SMS = "sms"
    POST = "post"
    PHONE = "phone"
    COUNTER = "counter"


class How(StrEnum):
    """How a person said it: `stop` is the word sent back to a message, `link` the one that a message carries."""

    ORAL = "oral"
    FORM = "form"
    LINK = "link"
    STOP = "stop"
    POST = "post"
    COUNTER = "counter"


class Sender(StrEnum):
    """Whose offers: the controller's own or its partners'."""

    CONTROLLER = "controller"
    PARTNERS = "partners"


class Tag(journal.Tag):
    """What this room tells the journal."""

    READ = "consent:reading:recorded"
    ACKNOWLEDGED = "consent:notice:acknowledged"
    DECIDED = "consent:decision:recorded"
    WITHDRAWN = "consent:decision:withdrawn"
    OBJECTED = "consent:objection:recorded"


OBJECTED_AGAIN: Final = "consent.objected"
"""An objection's line in the ledger (`base.ledger`), by which it is recorded again after a restore."""


HEARD: Final = (How.ORAL, How.COUNTER)
"""What only a person can have taken down."""


@dataclass(frozen=True)
class About:
    """What one decision after another is about: a purpose, by every channel or one, for every address or one."""

    purpose: str
    channel: str = ""
    address_digest: str = ""

    def covers(self, other: "About") -> bool:
        """Say whether a decision about this is one about the other too."""
        is_wide = self.channel in ("", other.channel) and self.address_digest in ("", other.address_digest)
        return self.purpose == other.purpose and is_wide


def to_take_back(decided: Sequence[tuple[About, bool]], about: About) -> list[About]:
    """Return, in a fixed order, each point that needs a no for a withdrawal about `about`; none if it was taken back.

    `decided` are a person's answers, the first one first. They are the point itself, unless its latest answer is a no,
    and each narrower one whose latest answer is a yes.
    """
    latest = dict(decided)
    answers = [is_given for other, is_given in decided if other.covers(about)]
    open_ = {other for other, is_given in latest.items() if is_given and about.covers(other)}
    if not answers or answers[-1]:
        open_.add(about)
    return sorted(open_, key=lambda point: (point.channel, point.address_digest))


class NotAnAddressError(ValueError):
    """The channel has no address, or this is none of its addresses as they are kept; the address is not repeated."""


def normalised(channel: str, address: str) -> str:
    """Return the one spelling of an address, so that two spellings have one digest.

    A number (`phone`, `sms`) must come in E.164 and an e-mail address in ASCII, as `customers.rules` keep them: letter
    case is dropped. A postal address is the lines below the name; it loses case, accents and punctuation, and its words
    stay in their order: an abbreviated street is another one. Anything else, and every address of the counter, raises
    `NotAnAddressError`.
    """
    if channel in (Channel.PHONE, Channel.SMS) and _E164.fullmatch(address):
        return address
    if channel == Channel.EMAIL and _EMAIL.fullmatch(address):
        return address.casefold()
    if channel == Channel.POST and text.fold(address):
        return text.fold(address)
    raise NotAnAddressError(channel)
