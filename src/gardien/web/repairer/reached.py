"""By which addresses and numbers a person is reached: for what they agreed to and what they object to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gardien.consent.rules import Channel
from gardien.customers import rules

if TYPE_CHECKING:
    from gardien.customers.models import Customer


@dataclass(frozen=True)
class Reached:
    """One address or number: `address` as a program keeps it, `shown` as people read it."""

    channel: Channel
    address: str
    shown: str


def reached(group: "tuple[Customer, ...]") -> list[Reached]:
    """Return each address and number of all records of a person once, the kept record's first."""
    return list(dict.fromkeys(each for record in group for each in _of(record)))


def address(details: rules.Details) -> tuple[str, ...]:
    """Return the lines of a postal address below the name; none if no address was told."""
    return rules.address_lines(details)[len(rules.name_lines(details)) :]


def _of(record: "Customer") -> Iterator[Reached]:
    details = record.details
    if details.email:
        yield Reached(Channel.EMAIL, details.email, details.email)
    if details.mobile:
        yield Reached(Channel.SMS, details.mobile.e164, details.mobile.display)
    for number in filter(None, (details.mobile, details.phone)):
        yield Reached(Channel.PHONE, number.e164, number.display)
    if lines := address(details):
        yield Reached(Channel.POST, " ".join(lines), ", ".join(lines))
