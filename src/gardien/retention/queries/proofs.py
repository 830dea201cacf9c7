"""The live figures of the retention clauses: what lies under each here, and what should have gone a day ago."""

from collections.abc import Callable
from typing import Final

from django.apps import apps

from gardien.base import clock

from . import clocks
from .figures import figure
from .statements import Values


def quotes() -> tuple[int, int]:
    """Count what lies under the customers' data and quotes."""
    return _kept("client.retention.quotes")


def messages_to_customers() -> tuple[int, int]:
    """Count what lies under messages to customers."""
    return _kept("client.retention.messages")


def processors() -> tuple[int, int]:
    """Count what lies under sharing with processors."""
    return _kept("client.retention.processors")


def proofs_of_customers() -> tuple[int, int]:
    """Count the proofs that are kept of customers, apart."""
    return _kept("client.evidence.retention")


def orders() -> tuple[int, int]:
    """Count what lies under users' data and orders."""
    return _kept("user.retention.orders")


def contacts() -> tuple[int, int]:
    """Count what lies under users' contact details."""
    return _kept("user.retention.contact")


def leavers() -> tuple[int, int]:
    """Count what lies under users who leave."""
    return _kept("user.retention.leavers")


def proofs_of_users() -> tuple[int, int]:
    """Count the proofs that are kept of users, apart."""
    return _kept("user.evidence.retention")


BY_CLAUSE: Final[dict[str, Callable[[], tuple[int, int]]]] = {
    "client.retention.quotes": quotes,
    "client.retention.messages": messages_to_customers,
    "client.retention.processors": processors,
    "client.evidence.retention": proofs_of_customers,
    "user.retention.orders": orders,
    "user.retention.contact": contacts,
    "user.retention.leavers": leavers,
    "user.evidence.retention": proofs_of_users,
}
"""The clauses that the sweep keeps, each with its proof."""


def _kept(clause_id: str) -> tuple[int, int]:
    """Return how many rows lie under a clause in the present scope, and how many of its persons or rows are overdue."""
    at = clock.now()
    counted = overdue = 0
    for clause in clocks.clauses(clocks.present(), clock.legal_day(at)):
        if clause.id.partition("#")[0] == clause_id:
            tables = {each.place for each in (*clause.with_person, *clause.dated)}
            counted += sum(_count(place) for place in tables)
            overdue += figure(clause, at).overdue
    return counted, overdue


def _count(place: str) -> int:
    model, values = apps.get_model(place), Values()
    ((count,),) = values.rows(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE {values.own(model)}')
    return int(count)
