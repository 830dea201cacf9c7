"""What failed in other products, by the rule of retention that it broke: here it does not (privacy.md, rules 1 to 7, 12).

Kills, quarantine, restored backups and residue have files of their own, named at the failures that they answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError
from psycopg import sql

from gardien.base import clock, ids, scope
from gardien.commitment import queries as commitment
from gardien.commitment.registry import registry
from gardien.customers import actions as customers
from gardien.customers.models import Customer, Note
from gardien.messaging.rules import Folder
from gardien.network import queries as network
from gardien.quotes import actions as quotes
from gardien.retention import actions
from gardien.retention.queries import is_night_missed
from gardien.standing import actions as standing
from gardien.standing.models import Archived, Closure, Fact, Hold
from gardien.standing.rules import Event, Ground
from tests import scene
from tests.conftest import as_role
from tests.messaging import post
from tests.roles import swept_by

from .archive_scene import Repairer
from .histories import Terms
from .model import QUOTES
from .test_sweep_quarantine import undeletable
from .worlds import counted, seen, swept

LONG_AGO, DAY = timedelta(days=740), timedelta(days=1)
"""Past two years."""


@pytest.fixture
def adviser(cast: SimpleNamespace, settings: Any, tmp_path: Path) -> Any:
    settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = Folder(tmp_path), post.FROM
    return cast.membership("counter.adviser@tilleul.example")


@pytest.fixture
def counter(adviser: Any) -> Callable[[], Any]:
    """Return what enters the scope of the adviser's repairer."""
    return lambda: scope.entered(network.controller(adviser))


@pytest.fixture
def forgotten(adviser: Any, counter: Any, at: datetime) -> Customer:
    """A customer who was last active more than two years ago."""
    with counter():
        return scene.customer(adviser, at - LONG_AGO)


def is_there(counter: Any, of: Customer) -> bool:
    with counter():
        return Customer.objects.filter(reference=of.reference).exists()


# Rule 1: the residue is shown, not the intention.


def test_the_period_that_is_declared_is_the_one_that_is_applied(
    adviser: Any, counter: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Free Mobile (SAN-2026-001) kept contracts for years past its own policy: here one field of the file decides."""
    with counter():
        of = scene.customer(adviser, at - timedelta(days=420))
    assert swept(at)[QUOTES]["due"] == 0
    stricter = Terms("2020-01-25", {"months": 13}, {"months": 13}).made()
    monkeypatch.setattr(commitment, "_versions", lambda _: replace(commitment.policy.load_folder(), all=(stricter,)))
    assert swept(at)[QUOTES]["done"] == 1
    assert not is_there(counter, of)


def test_a_rule_that_nobody_applies_is_overdue_and_alarms(forgotten: Customer, at: datetime) -> None:
    """Carrefour (SAN-2020-008) had a rule of four years and never ran it; pretix#2498 asks for what is left to be shown."""
    told = counted(at)[QUOTES]
    assert (told["due"], told["done"], told["overdue"]) == (1, 0, 1)
    assert told["oldest_overdue"] < clock.legal_day(at).isoformat()
    assert is_night_missed(at)


# Rule 2: every column is annotated, and an exemption says why.


@pytest.fixture
def custom_column() -> Iterator[str]:
    """A column of customers that somebody added beside the code, and filled for everybody."""
    table = sql.Identifier("customers_customer")
    with as_role("owner") as owner:
        owner.execute(sql.SQL("ALTER TABLE {} ADD COLUMN hobby text DEFAULT 'canari-violon'").format(table))
    yield "canari-violon"
    with as_role("owner") as owner:
        owner.execute(sql.SQL("ALTER TABLE {} DROP COLUMN hobby").format(table))


def test_a_column_that_somebody_added_goes_with_its_row(custom_column: str, forgotten: Customer, at: datetime) -> None:
    """Dolibarr#38194 blanked its own fields and left those that people had added; here rows are deleted."""
    assert custom_column in str(seen()["customers.Customer"])
    assert swept(at)[QUOTES]["done"] == 1
    assert custom_column not in str(seen())


def test_no_column_is_exempt_without_a_reason() -> None:
    """preloop#685: an exemption needs a reason. The portal does not start without (tests/laws/test_holdings.py)."""
    assert [each.place for each in registry.not_personal() if len(each.reason) < 10] == []


# Rule 3: activity is a closed list of facts.


def test_a_correction_a_note_and_a_script_move_no_clock(
    adviser: Any, counter: Any, forgotten: Customer, at: datetime
) -> None:
    """Dolibarr#38157 counted from the row's last change, and left notes behind."""
    told = {"by": network.actor(adviser), "at": at - DAY}
    with counter():
        details = replace(forgotten.details, city="Orval")
        customers.correct(customer_id=forgotten.id, details=details, seen=forgotten.details, **told)
        customers.write_note(customer_id=forgotten.id, text="préfère le matin", note_key=ids.new(), **told)
        Customer.objects.update(first_name="Z.")
    assert swept(at)[QUOTES]["done"] == 1
    with counter():
        assert (Customer.objects.count(), Note.objects.count()) == (0, 0)


def test_a_mail_that_was_sent_and_opened_moves_no_clock(
    counter: Any, adviser: Any, forgotten: Customer, at: datetime
) -> None:
    """Spartoo (SAN-2020-003) took an opened mail for activity."""
    message = post.prepare(network.controller(adviser), at - DAY, of=post.about(subject=forgotten.reference))
    with counter():
        before = Fact.objects.count()
        assert message.subject == forgotten.reference
    assert swept(at)[QUOTES]["done"] == 1
    assert (before, is_there(counter, forgotten)) == (1, False)


def test_what_a_person_does_themselves_moves_their_clock(
    counter: Any, adviser: Any, forgotten: Customer, at: datetime
) -> None:
    """The other side of the same failures: an appointment that was kept is activity."""
    about = {"subject": forgotten.reference, "event": Event.APPOINTMENT_KEPT, "source_id": ids.new()}
    with counter():
        standing.record_activity(**about, by=network.actor(adviser), at=at - DAY)
    assert swept(at)[QUOTES]["due"] == 0
    assert is_there(counter, forgotten)


# Rule 4: a ground keeps the fields that it needs.


def test_an_accepted_quote_of_long_ago_keeps_nobody(counter: Any, adviser: Any, at: datetime) -> None:
    """Dolibarr#38785: one invoice, however old, exempted its customer for ever; #38786: any quote did."""
    quote = scene.issued(adviser, at - 2 * LONG_AGO, "99.99")
    with counter():
        quotes.accept(quote_id=quote.id, by=network.actor(adviser), at=at - 2 * LONG_AGO + DAY)
    assert swept(at)[QUOTES]["done"] == 1
    assert not is_there(counter, quote.customer)


def test_a_ground_for_one_category_keeps_no_other_and_its_release_takes_that_back_too(
    counter: Any, adviser: Any, at: datetime
) -> None:
    """OpenTranscribe#442 held whole accounts for one file, and forgot what it had put off once the hold was released."""
    garage = Repairer(adviser)
    with counter():
        told = {"last_name": "Lhôte", "street": "14 rue des Tamaris", "mobile": "+33639981234"}
        of = scene.customer(adviser, at - LONG_AGO, **told)
        about = {"subject": of.reference, "ground": Ground.BILLING, "category": "address", "legal_reference": "facture"}
        until = clock.legal_day(at) + timedelta(days=400)
        hold = standing.hold(**about, until_date=until, by=garage.by, at=at - 2 * DAY)
    run = swept(at)[QUOTES]
    assert (run["held"], run["overdue"], is_there(counter, of)) == ({"billing": 1}, 0, False)
    (kept,) = garage.archived()
    (row,) = garage.fields(kept)["customers.Customer"]
    assert row["street"] == told["street"]
    assert not {"last_name", "mobile", "plate"} & set(row)
    with counter():
        standing.release(hold_id=hold.id, by=garage.by, at=at + DAY)
    run = swept(at + DAY)[QUOTES]
    assert (run["due"], run["done"], run["held"]) == (1, 1, {})
    with counter():
        assert (Archived.objects.count(), Hold.objects.count()) == (0, 0)


# Rule 7: one record is the unit of work; complete is said when it is.


def test_an_erasure_that_failed_is_not_told_as_done_and_may_be_asked_again(
    counter: Any, adviser: Any, forgotten: Customer, at: datetime
) -> None:
    """stage-door#140 told success though a store had refused, and could not be tried again; #136 erased by halves.

    Dolibarr rolled back a whole run for one record: tests/retention/test_sweep_quarantine.py. Frappe could not resume
    a run that was cut short: tests/retention/test_sweep_kills.py.
    """
    told = {"subjects": [forgotten.reference], "by": network.actor(adviser), "at": at}
    before = seen()["customers.Vehicle"], seen()["customers.SearchToken"]
    with undeletable("customers_customer", forgotten.id), swept_by(), pytest.raises(DatabaseError), counter():
        actions.erase(**told)
    assert (seen()["customers.Vehicle"], seen()["customers.SearchToken"]) == before
    with swept_by(), counter():
        assert actions.erase(**told) == 1
    assert not is_there(counter, forgotten)


def test_a_run_that_was_cut_short_is_not_the_nights_run(forgotten: Customer, at: datetime) -> None:
    """Frappe took a request that had stopped half-way for one that was done."""
    swept(at)
    assert is_night_missed(at)


# Rule 12: erasures are told outside the database, by what is never used again.


def test_an_erasure_done_again_touches_nobody_who_came_later(
    counter: Any, adviser: Any, forgotten: Customer, at: datetime
) -> None:
    """gdpr-assist named whom it erased by primary key: after a restore, keys stood for others.

    alkemio#2103 and OpenTranscribe#442 brought back with a backup whom they had erased, and published a wrong figure of
    how long backups stay: tests/retention/test_restore.py, tests/retention/test_backups.py.
    """
    told = {"by": network.actor(adviser), "at": at}
    assert swept(at)[QUOTES]["done"] == 1
    with counter():
        later = scene.customer(adviser, at, "KX-102-AA")
    with swept_by(), counter():
        actions.erase_again([forgotten.reference], None, **told)
    assert is_there(counter, later)
    with counter():
        assert list(Closure.objects.values_list("subject", flat=True)) == [forgotten.reference]
        assert later.reference != forgotten.reference
