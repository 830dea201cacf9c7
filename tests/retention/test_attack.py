"""The report on twins sees what leads back to somebody, and what a run without its rules would have published."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from gardien.base import clock, ids, scope
from gardien.retention import rules
from gardien.retention.actions import _twins
from gardien.retention.models import Twin
from gardien.retention.queries import attack
from gardien.standing.models import Closure
from tests.conftest import empty_tables
from tests.retention.records import Record, people, told

K, MOST = rules.LEAST_ALIKE, 20


@pytest.fixture(scope="module")
def customers(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    with django_db_blocker.unblock():
        tenant = ids.new()
        yield tenant, people(tenant, MOST)
    empty_tables()


@pytest.fixture
def tenant(customers: Any) -> Iterator[Any]:
    """A repairer without twins, and whose are undone."""
    with scope.entered(customers[0]):
        yield customers[0]
        transaction.set_rollback(True)


def records(count: int, start: int = 0, **of: Any) -> list[Record]:
    return [Record(f"C-{number:08d}", **of) for number in range(start, start + count)]


def write(found: list[Record]) -> Any:
    with told(found):
        return _twins.write("client", [record.subject for record in found])


def measured(living: tuple[Record, ...] = ()) -> Any:
    with told(living):
        return attack.measured()


RARE = Record("C-00000019", date(2023, 11, 1), "48", "315/80R22.5", 9120)


def test_a_rare_record_is_never_published_as_it_is_and_is_reported(tenant: Any) -> None:
    alone = write([*records(K), RARE])
    assert alone == {"0": K, "suppressed": 1}
    among = write([*records(K, 6, month=date(2023, 2, 1), department="75", size="155R13"), RARE])
    assert among == {"0": K, "suppressed": 1}
    shared = write([*(record for n in range(4) for record in records(1, n, month=date(2023, n + 1, 1), size="")), RARE])
    assert shared == {"5": K}
    found = measured()["singling_out"]
    assert found == {"rows": 3 * K, "classes": 3, "below": 0, "by_level": {"0": 2 * K, "5": K}}
    assert set(Twin.objects.filter(level=5).values_list("period", "department", "size", "amount")) == {
        ("2023", "", "", None)
    }
    report = attack.added_up({"a": measured()}, {"a": alone + among + shared})
    assert report["rates"]["suppressed"] == round(2 / 17, 4)
    assert (report["rates"]["level_0"], report["all"]["singling_out"]["below"]) == (round(2 / 3, 4), 0)


def test_a_run_that_forgets_to_be_coarse_is_seen(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as fault:
        fault.setattr(rules, "LEAST_ALIKE", 1)
        fault.setattr(rules, "LADDER", rules.LADDER[:1])
        assert write([*records(K), RARE]) == {"0": K + 1}
    assert measured()["singling_out"]["below"] == 1


def test_rows_stamped_near_a_persons_closure_are_counted_until_they_are_shuffled(customers: Any) -> None:
    controller, _ = customers
    with scope.entered(controller):
        write(records(K))
    with scope.entered(controller):
        write(records(1, K))
        with transaction.atomic():
            Closure.objects.create(subject="C-00000005", ended_at=clock.now())
    with scope.entered(controller):
        found = measured()["linkability"]
        assert found == {"alike_one_person": 0, "stamped_apart": 1, "stamped_near_a_closure": 1}
        assert _twins.are_told_apart()
    with scope.entered(controller):
        _twins.shuffle()
    with scope.entered(controller):
        assert measured()["linkability"] == dict.fromkeys(found, 0)
        assert not _twins.are_told_apart()
        Twin.objects.all().delete()


def test_rows_like_the_records_of_one_living_person_are_counted(tenant: Any) -> None:
    write(records(K))
    one, two = Record("C-00000010", amount=430), Record("C-00000011", amount=449)
    counted = [measured(living)["linkability"]["alike_one_person"] for living in ((), (one,), (one, one), (one, two))]
    assert counted == [0, K, K, 0]
    assert measured((Record("C-00000010", amount=450),))["linkability"]["alike_one_person"] == 0


def test_what_the_other_attributes_leave_no_choice_of_is_counted_beside_blind_guesses(tenant: Any) -> None:
    write(
        [
            *records(K),
            *records(K, K, amount=1000),
            *records(K, 2 * K, size="195/65R15"),
        ]
    )
    found = measured()["inference"]
    assert found["amount"] == {"rows": 3 * K, "certain": K, "guessed": 2 * K, "blind": 2 * K}
    assert found["size"] == {"rows": 3 * K, "certain": K, "guessed": 2 * K, "blind": 2 * K}
    assert found["department"] == {"rows": 3 * K, "certain": 3 * K, "guessed": 3 * K, "blind": 3 * K}


def test_controllers_are_told_apart_and_added_up_and_nothing_but_figures_is_told(tenant: Any) -> None:
    write(records(K))
    report = attack.added_up({"a": measured(), "b": measured()}, {"a": write([RARE])})
    assert report["all"]["singling_out"] == {"rows": 2 * K, "classes": 2, "below": 0, "by_level": {"0": 2 * K}}
    assert (report["rates"]["suppressed"], report["all"]["written"]) == (1, {"suppressed": 1})
    assert set(report["method"]) == set(report["by_controller"]["a"]) - {"written"}
    told_of = json.dumps({key: report[key] for key in ("by_controller", "all", "rates")})
    assert not any(value in told_of for value in ("205/55", "R16", "2024", "75"))
    assert attack.added_up({}, {})["rates"] == {}
