"""The live figures of the retention clauses: what lies under each here, and what should have gone a day ago."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.apps import apps

from gardien.base import clock
from gardien.standing.models import Archived

from . import archive, clocks
from .figures import GRACE, figure
from .statements import Values


def quotes(*, at: datetime) -> tuple[int, int]:
    """Count what lies under the customers' data and quotes."""
    return _kept("client.retention.quotes", at)


def messages_to_customers(*, at: datetime) -> tuple[int, int]:
    """Count what lies under messages to customers."""
    return _kept("client.retention.messages", at)


def processors(*, at: datetime) -> tuple[int, int]:
    """Count what lies under sharing with processors."""
    return _kept("client.retention.processors", at)


def proofs_of_customers(*, at: datetime) -> tuple[int, int]:
    """Count the proofs that are kept of customers, apart."""
    return _kept("client.evidence.retention", at)


def orders(*, at: datetime) -> tuple[int, int]:
    """Count what lies under users' data and orders."""
    return _kept("user.retention.orders", at)


def contacts(*, at: datetime) -> tuple[int, int]:
    """Count what lies under users' contact details."""
    return _kept("user.retention.contact", at)


def leavers(*, at: datetime) -> tuple[int, int]:
    """Count what lies under users who leave."""
    return _kept("user.retention.leavers", at)


def proofs_of_users(*, at: datetime) -> tuple[int, int]:
    """Count the proofs that are kept of users, apart."""
    return _kept("user.evidence.retention", at)


def archive_of_customers(*, at: datetime) -> tuple[int, int]:
    """Count what is archived of customers."""
    return _archived("client", at)


def archive_of_users(*, at: datetime) -> tuple[int, int]:
    """Count what is archived of users."""
    return _archived("user", at)


BY_CLAUSE: Final[dict[str, Callable[..., tuple[int, int]]]] = {
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
OF_ARCHIVE: Final[dict[str, Callable[..., tuple[int, int]]]] = {
    "client.retention.derogations": archive_of_customers,
    "client.archive.intermediate": archive_of_customers,
    "user.retention.derogations": archive_of_users,
    "user.archive.intermediate": archive_of_users,
}
"""The clauses that the archive keeps, each with its proof."""


def _archived(population: str, at: datetime) -> tuple[int, int]:
    """Return how much is archived in the present scope, and how much of it should have gone a day ago."""
    of_them = {"clause__startswith": f"{population}."}
    late = archive.unheld(clock.legal_day(at)).filter(**of_them, ended_at__lte=at - GRACE)
    return Archived.objects.filter(**of_them).count(), late.count()


def _kept(clause_id: str, at: datetime) -> tuple[int, int]:
    """Return how many rows lie under a clause in the present scope, and how many of its persons or rows are overdue."""
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
