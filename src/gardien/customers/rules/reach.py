"""By which addresses and numbers a person is reached: the one spelling of each, for consent and for objections.

Whoever asks `consent.has_objected` or `consent.decision_for` about a customer passes these addresses: a postal one is
the lines below the name, so that an objection by post holds for everybody who lives there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gardien.consent.rules import Channel
from gardien.customers.rules.details import Details
from gardien.customers.rules.postal import place_lines


@dataclass(frozen=True)
class Reached:
    """One address or number: `address` as a program keeps it, `shown` as people read it."""

    channel: Channel
    address: str
    shown: str


def reached(details: Details) -> Iterator[Reached]:
    """Yield each address and number that was told."""
    if details.email:
        yield Reached(Channel.EMAIL, details.email, details.email)
    if details.mobile:
        yield Reached(Channel.SMS, details.mobile.e164, details.mobile.display)
    for number in filter(None, (details.mobile, details.phone)):
        yield Reached(Channel.PHONE, number.e164, number.display)
    if lines := place_lines(details):
        yield Reached(Channel.POST, " ".join(lines), ", ".join(lines))
