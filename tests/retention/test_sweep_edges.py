"""Where the sweep and the slow model once parted: each case alone, in plain actions."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gardien.base import clock, ids, scope
from gardien.consent.models import Decision
from gardien.customers import actions as customers
from gardien.customers.models import Customer, IntakeDraft
from gardien.messaging.rules import Folder
from gardien.network import queries as network
from gardien.quotes.models import Quote
from gardien.standing import actions as standing
from gardien.standing.models import Archived, Hold, Restriction
from gardien.standing.rules import Event, Ground
from tests import scene
from tests.messaging import post

from .model import MESSAGES, PROOF, QUOTES
from .worlds import counted, swept

LATER = timedelta(days=740)
"""Past two years after the last activity."""


@pytest.fixture
def adviser(cast: Any) -> Any:
    return cast.membership("counter.adviser@tilleul.example")


def known(adviser: Any, at: datetime, plate: str = "GH-482-KL") -> Customer:
    """Record a customer, in a transaction of their repairer."""
    with scope.entered(network.controller(adviser)):
        return scene.customer(adviser, at, plate)


def hold(adviser: Any, of: Customer, category: str, ground: Ground, until: datetime, at: datetime) -> Hold:
    told = {"legal_reference": "garantie", "until_date": clock.legal_day(until), "by": network.actor(adviser), "at": at}
    with scope.entered(network.controller(adviser)):
        return standing.hold(subject=of.reference, category=category, ground=ground, **told)


def restrict(adviser: Any, at: datetime, *of: Customer) -> None:
    with scope.entered(network.controller(adviser)):
        standing.restrict(subjects=[each.reference for each in of], by=network.actor(adviser), at=at)


def merged(adviser: Any, at: datetime) -> tuple[Customer, Customer]:
    one, other = known(adviser, at), known(adviser, at, "KX-102-AA")
    with scope.entered(network.controller(adviser)):
        customers.merge(kept_id=one.id, absorbed_id=other.id, by=network.actor(adviser), at=at)
    return one, other


def test_who_was_parted_goes_though_a_quote_of_the_other_names_their_car(adviser: Any, at: datetime) -> None:
    one, other = merged(adviser, at)
    by, later = network.actor(adviser), at + LATER
    with scope.entered(network.controller(adviser)):
        told: dict[str, Any] = {"customer": one, "vehicle": other.vehicles.get(), "site": adviser.site}
        Quote.objects.create(**told, draft_key=ids.new(), author_id=by.id, drafted_at=at)
        merge = one.merges.get()
        customers.undo_merge(merge_id=merge.id, by=by, at=at)
        about = {"subject": one.reference, "event": Event.APPOINTMENT_KEPT, "source_id": ids.new()}
        standing.record_activity(**about, by=by, at=later)
    figure = swept(later)[QUOTES]
    assert (figure["due"], figure["done"], figure["quarantined"]) == (1, 1, 0)
    with scope.entered(network.controller(adviser)):
        assert list(Customer.objects.values_list("reference", flat=True)) == [one.reference]
        assert Quote.objects.get().vehicle_id is None


def test_an_intake_that_was_never_saved_is_counted_once(adviser: Any, at: datetime) -> None:
    with scope.entered(network.controller(adviser)):
        reading = scene.heard(adviser, at)
        IntakeDraft.objects.create(
            reading_id=reading.id, sealed=b"sealed", typed_at=at, typed_by_id=network.actor(adviser).id
        )
    assert counted(at + LATER)[QUOTES]["due"] == 1


def test_a_restricted_person_who_was_merged_is_deferred_as_one(adviser: Any, at: datetime) -> None:
    restrict(adviser, at, *merged(adviser, at))
    assert counted(at + LATER)[QUOTES]["deferred"] == 1


def test_a_restricted_person_is_not_deferred_while_their_last_activity_keeps_them(adviser: Any, at: datetime) -> None:
    one, other = merged(adviser, at)
    with scope.entered(network.controller(adviser)):
        about = {"subject": other.reference, "event": Event.APPOINTMENT_KEPT, "source_id": ids.new()}
        standing.record_activity(**about, by=network.actor(adviser), at=at + LATER)
    restrict(adviser, at, one, other)
    assert counted(at + LATER)[QUOTES]["deferred"] == 0


def test_a_reading_to_a_restricted_person_is_no_intake_that_was_never_saved(adviser: Any, at: datetime) -> None:
    restrict(adviser, at, known(adviser, at))
    assert counted(at + 3 * LATER)[PROOF]["deferred"] == 0


def test_a_hold_that_is_over_goes_with_the_record_and_leaves_nothing_to_a_second_run(
    adviser: Any, at: datetime
) -> None:
    hold(adviser, known(adviser, at), "plate", Ground.WARRANTY, at, at)
    swept(at + LATER)
    with scope.entered(network.controller(adviser)):
        assert Hold.objects.count() == 0


def test_a_hold_of_what_no_hold_can_keep_is_not_told_as_held(
    adviser: Any, at: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = Folder(tmp_path), post.FROM
    of, later = known(adviser, at), at + LATER
    hold(adviser, of, "email", Ground.DISPUTE, later, at)
    post.prepare(network.controller(adviser), at, of=post.about(subject=of.reference))
    told = counted(later)[MESSAGES]
    assert (told["held"], told["due"]) == ({}, 1)
    assert swept(later)[MESSAGES]["done"] == 1


def test_a_person_held_on_two_grounds_counts_under_each_before_a_run_as_after_it(adviser: Any, at: datetime) -> None:
    of, later = known(adviser, at), at + LATER
    for ground in (Ground.WARRANTY, Ground.DISPUTE):
        hold(adviser, of, "plate", ground, later, at)
    assert counted(later)[QUOTES]["held"] == swept(later)[QUOTES]["held"] == {"dispute": 1, "warranty": 1}
    with scope.entered(network.controller(adviser)):
        assert Archived.objects.count() == 2


def test_a_restricted_persons_yes_that_was_taken_back_waits_for_the_lift(adviser: Any, at: datetime) -> None:
    of, words = known(adviser, at), {"version": "2026-11-22", "language": "fr", "wording_sha256": "0" * 64}
    with scope.entered(network.controller(adviser)):
        for is_given, decided_at in ((True, at), (False, at + timedelta(days=1))):
            told = {"purpose": "client.phone-prospecting", "basis": "consent", "how": "oral"}
            Decision.objects.create(subject=of.reference, is_given=is_given, decided_at=decided_at, **told, **words)
    restrict(adviser, at, of)
    swept(at + 3 * LATER)
    with scope.entered(network.controller(adviser)):
        assert (Decision.objects.count(), Restriction.objects.count()) == (2, 1)
