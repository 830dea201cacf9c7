"""Entries are appended for the present controller, and never changed."""

from datetime import datetime
from typing import Any

import psycopg
import pytest

from gardien.base import ids, scope
from gardien.journal import actions, rules
from gardien.journal.models import Entry
from gardien.network import queries as network
from gardien.quotes.rules.vocabulary import Tag
from tests.conftest import as_role
from tests.web import counter


def test_an_entry_says_what_when_who_and_of_whom_by_references_only(cast: Any, at: datetime) -> None:
    membership, subject, quote = cast.membership(counter.ADVISER), ids.reference("C"), ids.new()
    by = network.actor(membership)
    with scope.entered(network.controller(membership)):
        actions.record(Tag.ISSUED, by=by, at=at, subject=subject, quote=quote, version="2020-01-25")
        entry = Entry.objects.get(subject=subject)
    assert (entry.tag, entry.at, entry.controller_id) == ("quotes:quote:issued", at, membership.site.repairer_id)
    assert (entry.actor_id, entry.actor_role) == (membership.user_id, "counter_adviser")
    assert entry.references == {"quote": str(quote), "version": "2020-01-25"}


@pytest.mark.parametrize("subject", ["Moreau", "GH-482-KL", "C-1234", "c-7k3m9qxa", "X-7K3M9QXA"])
def test_a_subject_that_is_no_reference_is_refused_and_nothing_is_written(
    cast: Any, at: datetime, subject: str
) -> None:
    membership = cast.membership(counter.ADVISER)
    before = counter.rows()
    with pytest.raises(rules.NotAReferenceError), scope.entered(network.controller(membership)):
        actions.record(Tag.ISSUED, by=network.actor(membership), at=at, subject=subject)
    assert counter.rows() == before


def test_an_entry_outside_a_scope_is_refused(cast: Any, at: datetime) -> None:
    by = network.actor(cast.membership(counter.ADVISER))
    with pytest.raises(scope.NoScopeError):
        actions.record(Tag.ISSUED, by=by, at=at)


@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET tag = 'x'", "DELETE FROM journal_entry"])
def test_the_portal_can_neither_change_nor_remove_an_entry(cast: Any, statement: str) -> None:
    with as_role("app") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
