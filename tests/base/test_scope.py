"""Entering the scope of one controller."""

import contextvars
import threading
from typing import Any

import pytest
from django.db import connection

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.journal import actions as journal
from gardien.journal.models import Entry
from gardien.quotes.rules.vocabulary import Tag

BY = Actor.program("test")
pytestmark = pytest.mark.usefixtures("committed")


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('gardien.controller', true), '')")
        return cursor.fetchone()[0]


def left() -> tuple[str, bool]:
    """Return what the database still knows of a controller, and whether a transaction is open."""
    with pytest.raises(scope.NoScopeError):
        scope.current()
    return setting(), connection.in_atomic_block


NOTHING = ("", False)


def test_outside_a_scope_there_is_no_controller() -> None:
    with pytest.raises(scope.NoScopeError):
        scope.current()


def test_outside_a_scope_a_scoped_table_is_neither_read_nor_written(at: Any) -> None:
    with pytest.raises(scope.NoScopeError):
        Entry.objects.count()
    with pytest.raises(scope.NoScopeError):
        journal.record(Tag.DRAFTED, by=BY, at=at)


def test_inside_a_scope_code_and_database_know_the_same_controller() -> None:
    controller = ids.new()
    with scope.entered(controller):
        assert (scope.current(), setting(), connection.in_atomic_block) == (controller, str(controller), True)
    assert left() == NOTHING


def test_a_scope_commits_at_its_end(at: Any) -> None:
    controller = ids.new()
    with scope.entered(controller):
        journal.record(Tag.DRAFTED, by=BY, at=at)
    with scope.entered(controller):
        assert Entry.objects.count() == 1
    with scope.entered(ids.new()):
        assert Entry.objects.count() == 0


def test_the_same_controller_may_be_entered_again_and_joins_the_transaction(at: Any) -> None:
    controller = ids.new()
    with scope.entered(controller):
        with scope.entered(controller):
            journal.record(Tag.DRAFTED, by=BY, at=at)
        assert (scope.current(), setting(), Entry.objects.count()) == (controller, str(controller), 1)
    assert left() == NOTHING


def test_another_controller_is_refused_and_the_first_one_goes_on(at: Any) -> None:
    controller = ids.new()
    with scope.entered(controller):
        with pytest.raises(scope.ScopeChangedError), scope.entered(ids.new()):
            pytest.fail("entered")
        assert (scope.current(), setting()) == (controller, str(controller))
        journal.record(Tag.DRAFTED, by=BY, at=at)
    with scope.entered(controller):
        assert Entry.objects.count() == 1


def test_one_controller_after_the_other_is_two_transactions() -> None:
    first, second = ids.new(), ids.new()
    for controller in (first, second, first):
        with scope.entered(controller):
            assert setting() == str(controller)
        assert left() == NOTHING


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_rolls_back_and_leaves_nothing(at: Any, fault: type[BaseException]) -> None:
    controller = ids.new()
    with pytest.raises(fault), scope.entered(controller):
        journal.record(Tag.DRAFTED, by=BY, at=at)
        raise fault
    assert left() == NOTHING
    with scope.entered(controller):
        assert Entry.objects.count() == 0


def test_a_failed_inner_scope_undoes_only_its_own_part(at: Any) -> None:
    controller = ids.new()
    with scope.entered(controller):
        journal.record(Tag.DRAFTED, by=BY, at=at)
        with pytest.raises(ValueError, match="inner"), scope.entered(controller):
            journal.record(Tag.ISSUED, by=BY, at=at)
            raise ValueError("inner")
        assert (scope.current(), setting()) == (controller, str(controller))
    with scope.entered(controller):
        assert [entry.tag for entry in Entry.objects.all()] == [Tag.DRAFTED.value]


def test_a_lost_connection_leaves_nothing_behind() -> None:
    with pytest.raises(Exception, match="terminating connection"), scope.entered(ids.new()):
        connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert left() == NOTHING


def test_a_scope_is_its_own_threads_only() -> None:
    seen: list[bool] = []

    def look() -> None:
        try:
            scope.current()
            seen.append(True)
        except scope.NoScopeError:
            seen.append(False)

    with scope.entered(ids.new()):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        contextvars.Context().run(look)
    assert seen == [False, False]
