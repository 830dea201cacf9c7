"""Backed up, then erased, corrected, objected, then restored elsewhere: nothing is ready before all that is done again."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings

from gardien.base import clock, ids, scope
from gardien.consent import actions as consent
from gardien.consent.rules import Channel, How, Sender
from gardien.customers import actions as customers
from gardien.network import queries as network
from gardien.portal import _dumps, _home
from gardien.standing import actions as standing
from gardien.standing.rules import Ground
from tests import scene
from tests.base.ledger import write
from tests.environment import CLUSTER
from tests.reliability.installation import free_port
from tests.retention.restoring import Elsewhere, as_sweep, backup, elsewhere, found, gardien

ERASE = """
import json, sys
from uuid import UUID
from gardien.base import clock, scope
from gardien.base.actor import Actor
from gardien.retention import actions
controller, *subjects = sys.argv[1:]
with scope.entered(UUID(controller)):
    print(actions.erase(subjects=subjects, by=Actor.program("rights"), at=clock.now()))
"""


@pytest.fixture
def live(cast: SimpleNamespace, at: datetime, tmp_path: Path) -> Callable[..., SimpleNamespace]:
    """Return a function that lets a garage have customers, backs them up, then erases, corrects and hears objections."""
    adviser = cast.membership("counter.adviser@tilleul.example")
    by, tenant = network.actor(adviser), network.controller(adviser)

    def lived(*, erased: int, corrected: int, objected: int) -> SimpleNamespace:
        with scope.entered(tenant):
            going = [_customer(adviser, at, number) for number in range(erased - 1)]
            staying = [_customer(adviser, at, erased + number) for number in range(corrected)]
            note = {"customer_id": going[0].id, "text": f"Note de {going[0].last_name}", "note_key": ids.new()}
            customers.write_note(**note, by=by, at=at)
            scene.draft(adviser, going[0], at, "12.50")
        going.append(scene.issued(adviser, at, plate="KZ-900-AA", **_told(900)).customer)
        made, before = backup(tmp_path), [(person.last_name, person.email) for person in staying]
        with scope.entered(tenant):
            for number, person in enumerate(staying):
                told = replace(
                    person.details, last_name=f"Nouveaunom{number}", email=f"nouveau{number}@exemple.example"
                )
                customers.correct(customer_id=person.id, details=told, seen=person.details, by=by, at=at)
            objections = [_objection(number, by, at) for number in range(objected)]
        assert as_sweep(ERASE, str(tenant), *(person.reference for person in going)) == f"{erased}\n"
        return SimpleNamespace(
            file=made["file"],
            marks=[value for person in going for value in (person.last_name, person.email, person.street)],
            replaced=[value for names in before for value in names],
            corrected=staying,
            objected=sorted(objections, key=lambda each: each.id),
            lines=corrected + objected + 1,
        )

    return lived


def _told(number: int) -> dict[str, str]:
    return {
        "last_name": f"Kanarié {number}",
        "email": f"kanarie{number}@exemple.example",
        "street": f"{number} rue Kanarié",
    }


def _customer(adviser: Any, at: datetime, number: int) -> Any:
    return scene.customer(adviser, at, f"KZ-{100 + number}-AA", **_told(100 + number))


def _objection(number: int, by: Any, at: datetime) -> Any:
    channel = (Channel.EMAIL, Channel.SMS, Channel.PHONE, Channel.POST)[number % 4]
    address = {"email": f"non{number}@exemple.example", "post": f"{number} rue du Refus, 99100 Vauclair"}
    told = {"channel": channel, "address": address.get(channel, f"+3363998000{number}"), "sender": Sender.CONTROLLER}
    return consent.object_(**told, how=How.ORAL, by=by, at=at)


@pytest.fixture
def new() -> Iterator[Elsewhere]:
    with elsewhere() as made:
        yield made


def test_a_restored_database_is_ready_once_erasures_corrections_and_objections_are_done_again(
    live: Callable[..., SimpleNamespace], new: Elsewhere
) -> None:
    lived = live(erased=20, corrected=10, objected=10)
    _dumps.restore(new.config, Path(lived.file))  # as by hand
    for command in (["serve", "--port", str(free_port())], ["worker", "--once"]):
        assert new.gardien(*command).returncode == 1
    refused = new.gardien("check", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["ok"]) == (1, False)
    assert "from before 21 lines of the ledger" in refused.stdout
    assert {mark for mark, _, _ in found(lived.marks, new.everything())} == set(lived.marks)

    done = new.gardien("restore", "--json")
    assert (done.returncode, json.loads(done.stdout)["replayed"]) == (0, lived.lines), done.stderr
    assert new.gardien("check").stdout.endswith("ok\n")
    assert found([*lived.marks, *lived.replaced], new.everything()) == set()
    assert new.ask("SELECT count(*) FROM quotes_quotedocument") == [(0,)]
    names = new.ask("SELECT last_name, email FROM customers_customer ORDER BY last_name")
    assert names == [(f"Nouveaunom{number}", f"nouveau{number}@exemple.example") for number in range(10)]
    held = new.ask("SELECT id, digest, objected_at FROM consent_objection ORDER BY id")
    assert held == [(each.id, each.digest, each.objected_at) for each in lived.objected]
    files = [(path.name, path.read_bytes()) for path in settings.GARDIEN_LEDGER.folder.rglob("*") if path.is_file()]
    assert found([*lived.marks, *lived.replaced, "Nouveaunom0", "nouveau0@exemple.example"], files) == set()
    assert new.ask("SELECT count(*) FROM customers_searchtoken WHERE token LIKE 'nouveaunom_ n'") == [(10,)]


def test_who_was_parted_since_lives_and_a_hold_released_since_keeps_nothing(
    cast: SimpleNamespace, at: datetime, tmp_path: Path, new: Elsewhere
) -> None:
    adviser = cast.membership("counter.adviser@tilleul.example")
    by, tenant = network.actor(adviser), network.controller(adviser)
    with scope.entered(tenant):
        held, one, other = (_customer(adviser, at, number) for number in range(3))
        terms = {"ground": Ground.DISPUTE, "legal_reference": "RG 26/00118", "until_date": clock.legal_day(at)}
        hold = standing.hold(subject=held.reference, category="email", **terms, by=by, at=at)
        merge = customers.merge(kept_id=one.id, absorbed_id=other.id, by=by, at=at)
    file = backup(tmp_path)["file"]
    with scope.entered(tenant):
        standing.release(hold_id=hold.id, by=by, at=at)
        customers.undo_merge(merge_id=merge.id, by=by, at=at)
    assert as_sweep(ERASE, str(tenant), held.reference, other.reference) == "2\n"
    done = new.gardien("restore", file, "--json")
    assert (done.returncode, json.loads(done.stdout)["replayed"]) == (0, 2), done.stderr
    assert new.ask("SELECT reference, merged_into_id FROM customers_customer") == [(one.reference, None)]
    assert new.ask("SELECT count(*) FROM standing_archived") == [(0,)]
    assert new.ask("SELECT released_at, released_by_id FROM standing_hold") == [(at, by.id)]


def test_one_command_restores_and_killed_at_any_point_it_goes_on_to_the_same_end(
    live: Callable[..., SimpleNamespace], new: Elsewhere, tmp_path: Path
) -> None:
    lived = live(erased=2, corrected=2, objected=2)
    (tmp_path / "letter.dump").write_text("a letter")
    assert new.gardien("restore", str(tmp_path / "letter.dump")).returncode == 2
    assert new.killed("Filling", 0.05, "restore", lived.file)
    nothing = new.gardien("restore")
    assert (nothing.returncode, "gardien restore FILE" in nothing.stderr) == (1, True)
    assert new.killed("Bringing", 0.5, "restore", lived.file)
    refused = new.gardien("restore", lived.file)
    assert (refused.returncode, "go on with it by: gardien restore" in refused.stderr) == (1, True)
    assert new.killed("Doing 5 lines", 0.02, "restore")
    done = new.gardien("restore", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["ready"], told["unknown"], told["replayed"] <= 5) == (0, True, [], True)
    assert found([*lived.marks, *lived.replaced], new.everything()) == set()
    assert new.ask("SELECT count(*) FROM consent_objection") == [(2,)]
    assert new.ask("SELECT count(*) FROM base_ledgermark") == [(5,)]


def test_without_its_whole_ledger_a_restored_database_is_not_ready(
    live: Callable[..., SimpleNamespace], new: Elsewhere
) -> None:
    lived = live(erased=2, corrected=1, objected=1)
    key = settings.GARDIEN_LEDGER.folder / "keys" / f"{lived.corrected[0].reference}.key"
    held = key.read_bytes()
    key.unlink()
    refused = new.gardien("restore", lived.file)
    assert (refused.returncode, "cannot be done again: its key is gone" in refused.stderr) == (1, True)
    key.write_bytes(held)
    done = new.gardien("restore", "--json")
    assert (done.returncode, json.loads(done.stdout)["replayed"]) == (0, 3), done.stderr
    new.environ["GARDIEN_LEDGER"] = str(new.home / "another")
    refused = new.gardien("check")
    assert (refused.returncode, "lacks 3 lines. Restore that folder" in refused.stdout) == (1, True)


def test_a_server_of_ones_own_is_backed_up_and_restored_by_the_urls_of_its_roles(
    committed: None, tmp_path: Path
) -> None:
    write()
    folder = quote(str(_home.socket_folder(CLUSTER.home)), safe="")

    def urls(database: str, *roles: str) -> dict[str, str]:
        url = f"postgresql://gardien_{{}}@/{database}?host={folder}".format
        told = {f"GARDIEN_{role.upper()}_DATABASE_URL": url(role) for role in roles}
        return {**os.environ, "DATABASE_URL": url("app"), **told}

    for arguments, roles in ((("backup", str(tmp_path)), ()), (("restore",), ()), (("restore",), ("owner",))):
        refused = gardien(*arguments, environ=urls("gardien", *roles))
        assert (refused.returncode, "_DATABASE_URL" in refused.stderr) == (1, True)
    made = json.loads(gardien("backup", str(tmp_path), "--json", environ=urls("gardien", "backup")).stdout)
    CLUSTER.prepare("gardien_another")
    try:
        done = gardien("restore", made["file"], "--json", environ=urls("gardien_another", "owner", "sweep"))
        write()
        stopped = gardien("restore", environ=urls("gardien_another", "owner", "sweep"))
    finally:
        CLUSTER.drop("gardien_another")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"file": made["file"], "replayed": 0, "unknown": [], "ready": True}
    assert (stopped.returncode, "lines of the kind tests.told, which this program does not know" in stopped.stderr) == (
        1,
        True,
    )
