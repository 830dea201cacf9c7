"""`gardien sweep`: what it refuses, prints and returns."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from gardien.base import clock, scope
from gardien.customers.models import Customer
from gardien.network import queries as network
from gardien.portal import cli, config, stack
from gardien.portal.commands import sweep
from tests import scene
from tests.roles import swept_by

from .model import QUOTES

KEYS = ("id", "due", "done", "quarantined", "held", "deferred", "overdue", "oldest_overdue", "next_due")
Swept = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Swept:
    """Return what runs the command as its role, in this process, and returns its status and its JSON."""

    def run(*arguments: str, **changed: Any) -> tuple[int, dict[str, Any]]:
        options = cli._parser().parse_args(["sweep", "--json", *arguments])
        with swept_by():
            status = sweep.run(options, config.read().model_copy(update=changed))
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def adviser(cast: SimpleNamespace) -> Any:
    return cast.membership("counter.adviser@tilleul.example")


def known(adviser: Any, at: datetime, plate: str = "GH-482-KL") -> Customer:
    with scope.entered(network.controller(adviser)):
        return scene.customer(adviser, at, plate)


def quotes(told: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in told["clauses"] if each["id"] == QUOTES)


def years_ago(at: datetime, years: int, **more: int) -> datetime:
    return at - timedelta(days=366 * years, **more)


def test_a_day_to_come_is_refused_unless_it_is_tried_or_all_is_invented(
    command: Swept, adviser: Any, at: datetime
) -> None:
    known(adviser, at)
    later = clock.legal_day(at + timedelta(days=740)).isoformat()
    with pytest.raises(stack.RefusedError) as refused:
        command("--as-of", later)
    assert str(refused.value) == sweep.TOO_LATE
    status, told = command("--as-of", later, "--dry-run")
    assert (status, told["as_of"]) == (1, later)
    assert (quotes(told)["due"], quotes(told)["done"], quotes(told)["overdue"]) == (1, 0, 1)
    with scope.entered(network.controller(adviser)):
        assert Customer.objects.count() == 1
    status, told = command("--as-of", later, is_demo=True)
    assert (status, quotes(told)["due"], quotes(told)["done"], quotes(told)["overdue"]) == (0, 1, 1, 0)
    with scope.entered(network.controller(adviser)):
        assert Customer.objects.count() == 0


def test_each_clause_is_told_in_the_agreed_shape(command: Swept, adviser: Any, at: datetime) -> None:
    known(adviser, years_ago(at, 2))
    known(adviser, at - timedelta(days=100), "KX-102-AA")
    status, told = command("--dry-run")
    assert (status, set(told), told["as_of"]) == (1, {"as_of", "clauses"}, clock.legal_day(at).isoformat())
    assert {tuple(each) for each in told["clauses"]} == {KEYS}
    ids = [each["id"] for each in told["clauses"]]
    assert ids == sorted(set(ids))
    figure = quotes(told)
    assert [figure[name] for name in KEYS[1:7]] == [1, 0, 0, {}, 0, 1]
    due = clock.legal_day(at - timedelta(days=100))
    assert figure["next_due"] == due.replace(year=due.year + 2).isoformat()
    assert figure["oldest_overdue"] < clock.legal_day(at).isoformat()
    counts = [each[name] for each in told["clauses"] for name in (*KEYS[1:4], *KEYS[5:7])]
    assert {type(count) for count in counts} == {int}


def test_a_full_run_ends_with_what_was_due_done_or_in_quarantine(command: Swept, adviser: Any, at: datetime) -> None:
    known(adviser, years_ago(at, 2))
    status, told = command()
    assert status == 0
    assert [each for each in told["clauses"] if each["due"] != each["done"] + each["quarantined"]] == []
    assert quotes(told)["done"] == 1
    assert command()[0] == 0


def test_a_day_gone_by_takes_back_what_was_due_then_and_no_more(command: Swept, adviser: Any, at: datetime) -> None:
    known(adviser, years_ago(at, 2))
    known(adviser, years_ago(at, 3), "KX-102-AA")
    day = clock.legal_day(at - timedelta(days=180)).isoformat()
    assert quotes(command("--as-of", day)[1])["done"] == 1
    assert quotes(command("--dry-run")[1])["due"] == 1


def test_today_is_now_and_not_its_first_instant(at: datetime) -> None:
    assert sweep.instant(clock.legal_day(at), at) == sweep.instant(None, at) == at
