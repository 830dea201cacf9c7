"""After a run, the values of who is gone are sought in every store; what is planted there in any form is found."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings

from gardien.base import clock, ids, scope
from gardien.base.actor import Actor
from gardien.commitment.registry import registry
from gardien.customers.models import Customer, IntakeDraft, Note, SearchToken
from gardien.customers.rules import tokens
from gardien.journal.models import Entry
from gardien.network import queries as network
from gardien.network.models import User
from gardien.network.rules import PartyKind
from gardien.retention import actions, queries
from gardien.retention.actions import _erasing
from gardien.retention.models import Run
from gardien.retention.queries import residue
from gardien.retention.queries.forms import Reader
from tests import scene
from tests.conftest import as_role
from tests.roles import swept_by

BY = Actor.program("sweep")
EMAIL, MOBILE, PLATE = "Zoe.Lhote@courriel.example", "+33639981234", "GH-482-KL"
TOLD = {"last_name": "Lhôte", "first_name": "Zoé", "email": EMAIL, "mobile": MOBILE}
PATHS: dict[str, Path] = {}


def collected(*people: Customer) -> residue.Sample:
    """Collect in the present scope what these persons bore."""
    root = registry.root("client")
    groups = _erasing.grouped(root, [one.reference for one in people])
    return residue.collect(root, _erasing.members(groups.values()))


@pytest.fixture
def gone(cast: Any, at: Any) -> Iterator[Any]:
    """Somebody who is erased, what they bore, and somebody who stays; the test acts as the sweep."""
    membership = cast.membership("counter.adviser@tilleul.example")
    tenant = network.controller(membership)
    with scope.entered(tenant):
        one = scene.customer(membership, at, PLATE, **TOLD)
        stays = scene.customer(membership, at, "KX-104-AA", last_name="Roux")
        opened = scene.draft(membership, one, at, "10.00")
        assert opened.customer_id == one.id
    with swept_by():
        with scope.entered(tenant):
            sample = collected(one)
            assert actions.erase(subjects=[one.reference], by=BY, at=at) == 1
        yield SimpleNamespace(tenant=tenant, sample=sample, stays=stays, membership=membership)


def found(gone: Any, paths: dict[str, Path] = PATHS) -> dict[str, int]:
    return residue.scan([gone.sample], paths)["found"]


def test_what_is_sought_is_what_stands_for_few_and_nobody_else_bears(cast: Any, at: Any) -> None:
    membership = cast.membership("counter.adviser@tilleul.example")
    with scope.entered(network.controller(membership)):
        one = scene.customer(membership, at, PLATE, **TOLD)
        alone = collected(one)
        assert {EMAIL, MOBILE, PLATE, "GH482KL", "Zoé Lhôte", "Lhôte Zoé"} <= alone.values
        assert not alone.values & {"Zoé", "Lhôte", "siv", "FR", ""}
        scene.customer(membership, at, "KX-104-AA", **{**TOLD, "first_name": "Paul"})
        left = collected(one)
        assert alone.values - left.values == {EMAIL, MOBILE}
        assert (left.persons, left.controller) == (1, network.controller(membership))


def test_somebody_erased_is_found_nowhere(gone: Any) -> None:
    report = residue.scan([gone.sample], PATHS)
    assert report["found"] == {}
    assert (report["persons"], report["values"]) == (1, len(gone.sample.values))
    assert report["looked_at"]["columns"] > 200
    assert "file:outbox" in report["not_looked_at"]
    assert not any(value in json.dumps(report) for value in gone.sample.values)
    assert residue.scan([], PATHS)["found"] == {}


def _column(value: str) -> Callable[[Any], object]:
    return lambda gone: Customer.objects.filter(id=gone.stays.id).update(company=value, kind="company")


def _note(text: str) -> Callable[[Any], object]:
    told = {"written_at": clock.now(), "written_by_id": ids.new()}
    return lambda gone: Note.objects.create(customer=gone.stays, note_key=ids.new(), text=text, **told)


def _draft(content: bytes) -> Callable[[Any], object]:
    told = {"reading_id": ids.new(), "typed_at": clock.now(), "typed_by_id": ids.new()}
    return lambda _: IntakeDraft.objects.create(sealed=content, **told)


def _entry(_: Any) -> object:
    return Entry.objects.create(tag="a:b:c", at=clock.now(), references={"a": [{"b": EMAIL.upper()}]})


def _run(_: Any) -> object:
    return Run.objects.create(as_of=clock.now(), started_at=clock.now(), residue={"seen": f"<{EMAIL}>"})


def _job(_: Any) -> None:
    with as_role("app") as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'a.b', %s)",
            [json.dumps({"to": MOBILE})],
        )


def _session(_: Any) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["typed"] = {"plate": PLATE}
    store.save()


SHA, MD5, LOWER = (
    hashlib.sha256(EMAIL.encode()).hexdigest(),
    hashlib.md5(MOBILE.encode()).hexdigest(),
    hashlib.sha1(EMAIL.lower().encode()).hexdigest(),
)


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        pytest.param(_column(EMAIL.upper()), "customers.Customer.company", id="plain"),
        pytest.param(_column(SHA), "customers.Customer.company", id="sha256"),
        pytest.param(_column(MD5.upper()), "customers.Customer.company", id="md5"),
        pytest.param(_column(LOWER), "customers.Customer.company", id="sha1 in lower case"),
        pytest.param(_column(base64.b64encode(MOBILE.encode()).decode()), "customers.Customer.company", id="base64"),
        pytest.param(_column("lhote zoe"), "customers.Customer.company", id="folded"),
        pytest.param(_note("voir avec ZOÉ LHÔTE avant midi"), "customers.Note.text", id="name in a note"),
        pytest.param(_note("rappeler au 06 39 98 12 34"), "customers.Note.text", id="dialled in a note"),
        pytest.param(_note(f"/a?to={quote(EMAIL)}&b=c"), "customers.Note.text", id="address of a page"),
        pytest.param(_draft(f"\n{PLATE}".encode()), "customers.IntakeDraft.sealed", id="bytes not sealed"),
        pytest.param(_draft(hashlib.sha256(EMAIL.encode()).digest()), "customers.IntakeDraft.sealed", id="raw digest"),
        pytest.param(_entry, "journal.Entry.references", id="json"),
        pytest.param(_run, "retention.Run.residue", id="json of nobody's table"),
        pytest.param(_job, "procrastinate.ProcrastinateJob.args", id="job"),
        pytest.param(_session, "sessions.Session.session_data", id="session"),
    ],
)
def test_a_planted_value_is_found_where_it_lies(gone: Any, plant: Any, place: str) -> None:
    with scope.entered(gone.tenant):
        plant(gone)
    assert found(gone) == {place: 1}


def test_a_value_in_a_letter_of_the_outbox_is_found(gone: Any, tmp_path: Path) -> None:
    letter = EmailMessage()
    letter.set_content(f"Bonjour Zoé Lhôte, votre {PLATE} est prêt.", cte="base64")
    (tmp_path / "of").mkdir()
    (tmp_path / "of" / "one.eml").write_bytes(bytes(letter))
    (tmp_path / "two.eml").write_text("Bonjour")
    paths = {"file:outbox": tmp_path}
    report = residue.scan([gone.sample], paths)
    assert (report["found"], report["looked_at"]["files"]) == ({"file:outbox": 1}, 2)
    assert "file:outbox" not in report["not_looked_at"]
    (tmp_path / "of" / "one.eml").rename(tmp_path / f"{MOBILE}.txt")
    (tmp_path / f"{MOBILE}.txt").write_text("")
    assert found(gone, paths) == {"file:outbox": 1}
    assert found(gone, {"file:outbox": tmp_path / f"{MOBILE}.txt", "file:ledger": tmp_path / "none"}) == {
        "file:outbox": 1
    }


def test_a_token_that_outlived_its_person_is_found_and_a_users_own_address_is_not(gone: Any) -> None:
    user = User.objects.first()
    assert user is not None
    User.objects.filter(id=user.id).update(email=EMAIL)
    assert found(gone) == {}
    with scope.entered(gone.tenant):
        made = tokens.tokens(tokens.Traits("", (), (), (MOBILE,), EMAIL))
        SearchToken.objects.bulk_create(SearchToken(customer=gone.stays, token=each) for each in made)
    assert found(gone)["customers.SearchToken.token"] >= 2


def test_what_is_sealed_and_what_only_begins_alike_is_not_found(gone: Any) -> None:
    with scope.entered(gone.tenant):
        _draft(settings.GARDIEN_KEYRING.seal(EMAIL.encode(), context=b"test"))(gone)
        _note(f"a{EMAIL} GH-482-KLM +336399812345")(gone)
    assert found(gone) == {}


def test_a_text_is_read_once_for_all_values() -> None:
    reader = Reader([f"person{number}@courriel.example" for number in range(2000)] + ["Zoé Lhôte"])
    text = "mot " * 200_000
    assert not reader.finds(text)
    assert reader.finds(text + "Lhote; zoé, lhôte")
    assert not reader.finds("lhôte, zoé")
    assert reader.finds("x person1999@COURRIEL.example y")


def test_what_the_network_still_has_of_a_customer_is_found(gone: Any) -> None:
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        Entry.objects.create(
            tag="a:b:c", at=clock.now(), references={"a": hashlib.sha256(EMAIL.lower().encode()).hexdigest()}
        )
    assert residue.scan([gone.sample], PATHS)["found"] == {"journal.Entry.references": 1}


def test_another_repairers_sample_is_sought_in_its_own_tables_only(gone: Any, cast: Any) -> None:
    other = network.controller(cast.membership("counter.adviser@canal.example"))
    with scope.entered(gone.tenant):
        _column(SHA)(gone)
    assert residue.scan([replace(gone.sample, controller=other)], PATHS)["found"] == {}


def test_who_could_not_be_deleted_is_not_looked_for(cast: Any, at: Any) -> None:
    membership = cast.membership("counter.adviser@tilleul.example")
    tenant, witness = network.controller(membership), queries.Witness()
    with scope.entered(tenant):
        stays, goes = (scene.customer(membership, at, plate) for plate in ("KX-104-AA", "KX-105-AA"))
    with as_role("owner") as connection:
        connection.execute(
            f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF OLD.reference = '{stays.reference}' THEN RAISE 'no'; END IF; RETURN OLD; END $$;
            CREATE TRIGGER refuse BEFORE DELETE ON customers_customer FOR EACH ROW EXECUTE FUNCTION refuse()"""
        )
    try:
        with swept_by():
            late = at + timedelta(days=731)
            actions.sweep(as_of=late, by=BY, at=late, sees=witness.sees)
            report = residue.scan([each for found in witness.samples.values() for each in found], PATHS)
    finally:
        with as_role("owner") as connection:
            connection.execute("DROP FUNCTION refuse CASCADE")
    assert "KX-105-AA" in str(witness.samples)
    assert "KX-104-AA" not in str(witness.samples)
    assert (report["persons"], report["found"], goes.reference in str(report)) == (1, {}, False)
