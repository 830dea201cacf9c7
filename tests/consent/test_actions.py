"""The reading of the wording: who read which version to whom, recorded and never changed."""

from datetime import datetime
from typing import Any

import psycopg
import pytest

from gardien.base import clock, ids, scope
from gardien.base.actor import Actor
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.consent import actions, queries
from gardien.customers import actions as customers
from gardien.network import queries as network
from gardien.quotes.queries import paper
from tests.conftest import as_role
from tests.web import counter


def wording(membership: Any, at: datetime) -> documents.Document:
    version = commitment.in_force(clock.legal_day(at))
    return documents.reading(version, paper.controller(membership.site.repairer), "fr")


def test_a_reading_keeps_version_language_hash_reader_and_instant_and_reserves_a_reference(
    cast: Any, at: datetime
) -> None:
    membership = cast.membership(counter.ADVISER)
    read = wording(membership, at)
    with scope.entered(network.controller(membership)):
        made = actions.record_reading(wording=read, by=network.actor(membership), at=at)
        kept = queries.reading(made.id)
    assert (kept.version, kept.language, kept.wording_sha256) == (read.version_id, "fr", read.sha256)
    assert (kept.read_by_id, kept.read_at, kept.subject) == (membership.user_id, at, made.subject)
    assert ids.parse_reference(kept.subject) == kept.subject


def test_the_wording_read_names_the_repairer_so_two_repairers_have_two_hashes(cast: Any, at: datetime) -> None:
    ours, theirs = (wording(cast.membership(f"counter.adviser@{code}.example"), at) for code in ("tilleul", "canal"))
    assert ours.sha256 != theirs.sha256
    assert "Garage des Tilleuls" in ours.text()
    assert "Garage des Tilleuls" not in theirs.text()


def test_a_program_cannot_have_read_the_wording(cast: Any, at: datetime) -> None:
    membership = cast.membership(counter.ADVISER)
    before = counter.rows()
    with pytest.raises(actions.NobodyReadError), scope.entered(network.controller(membership)):
        actions.record_reading(wording=wording(membership, at), by=Actor.program("import"), at=at)
    assert counter.rows() == before


def test_another_repairer_s_reading_and_none_s_are_the_same_refusal(cast: Any, at: datetime) -> None:
    ours, theirs = (cast.membership(f"counter.adviser@{code}.example") for code in ("tilleul", "canal"))
    with scope.entered(network.controller(ours)):
        made = actions.record_reading(wording=wording(ours, at), by=network.actor(ours), at=at)
    for key in (made.id, ids.new()):
        with pytest.raises(queries.NeverReadError), scope.entered(network.controller(theirs)):
            queries.reading(key)


def test_details_are_refused_to_who_did_not_read_the_wording(cast: Any, at: datetime) -> None:
    reader, other = (cast.membership(f"{role}@tilleul.example") for role in ("counter.adviser", "site.manager"))
    with scope.entered(network.controller(reader)):
        heard = actions.record_reading(wording=wording(reader, at), by=network.actor(reader), at=at)
    before = counter.rows()
    details = customers.Details(last_name="Moreau")
    for by in (network.actor(other), Actor.program("import")):
        with pytest.raises(customers.NotReadByError), scope.entered(network.controller(reader)):
            customers.record(details=details, vehicle=None, reading=heard, by=by, at=at)
    assert counter.rows() == before


@pytest.mark.parametrize("statement", ["UPDATE consent_reading SET language = 'en'", "DELETE FROM consent_reading"])
def test_the_portal_can_neither_change_nor_remove_a_reading(cast: Any, statement: str) -> None:
    with as_role("app") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
