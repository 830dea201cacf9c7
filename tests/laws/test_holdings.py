"""Law 3: every column, JSON key, file and job argument is in one holding, or declared not personal with a reason."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from gardien.base import clock, ids, jobs, scope
from gardien.base.actor import Actor
from gardien.base.models import SharedRow
from gardien.commitment import queries as commitment
from gardien.commitment.policy import Version, retention
from gardien.commitment.registry import Declaration, Holding, NotPersonal, registry, unclassified
from gardien.journal import actions as journal
from gardien.journal.rules import Tag
from gardien.network import actions as network
from gardien.network.rules import PartyKind
from gardien.network.rules import Tag as NetworkTag
from gardien.portal import startup
from tests.conftest import as_role
from tests.laws.source import PACKAGE, modules

DECLARED = (*registry.holdings(), *registry.not_personal())


@pytest.fixture
def version() -> Version:
    return commitment.in_force(clock.legal_day(clock.now()))


def json_fields() -> list[tuple[str, str, str]]:
    """Return each JSON column as (model label, table, column)."""
    found = [(model._meta, field) for model in apps.get_models() for field in model._meta.local_fields]
    return [(meta.label, meta.db_table, field.column) for meta, field in found if isinstance(field, models.JSONField)]


def json_keys() -> set[tuple[str, str]]:
    """Return each JSON key in the database as (place, `column.key`), those of a job as (`job:<name>`, argument).

    A list has the keys of the objects in it.
    """
    found: set[tuple[str, str]] = set()
    with as_role("backup") as connection:
        for label, table, column in json_fields():
            each = f"""jsonb_path_query("{column}"::jsonb, 'lax $[*] ? (@.type() == "object")')"""
            keys = f'SELECT DISTINCT jsonb_object_keys(found) FROM "{table}", {each} found'
            if table != "procrastinate_jobs":
                found |= {(label, f"{column}.{key}") for (key,) in connection.execute(keys)}
        arguments = "SELECT DISTINCT 'job:' || task_name, jsonb_object_keys(args) FROM procrastinate_jobs"
        return found | set(connection.execute(arguments))


def test_every_column_and_job_argument_is_classified_once() -> None:
    assert unclassified(startup.places()) == []


def test_every_json_key_that_the_scene_writes_is_classified_once(played: SimpleNamespace) -> None:
    found = json_keys()
    assert unclassified(sorted(found)) == []
    jobs_played = {"job:quotes.verify", "job:messaging.send"}
    assert {place for place, _ in found} == {
        *("journal.Entry", "catalogue.QuarantinedLine", "mfa.Authenticator", "retention.Run", "retention.Outlook"),
        *jobs_played,
    }
    with as_role("backup") as connection:
        told = {tag for (tag,) in connection.execute("SELECT tag FROM journal_entry")}
    assert told == {tag.value for room in Tag.__subclasses__() for tag in room}, "the scene leaves a verb out"


def test_a_json_key_that_nobody_classified_is_found(committed: None, at: datetime) -> None:
    by = Actor.program("law")
    party = network.name_central_party(kind=PartyKind.NETWORK, name="Sarvane France", by=by, at=at)
    with scope.entered(party.id):
        journal.record(NetworkTag.USER_OPENED, by=by, at=at, godparent=ids.new())
    assert unclassified(sorted(json_keys())) == ["journal.Entry.references.godparent"]


def test_every_folder_of_the_data_directory_is_classified() -> None:
    portal = {file: ast.unparse(tree) for file, tree in modules(PACKAGE / "portal")}
    folders = re.findall(r"config\.home / '([a-z]+)'", "\n".join(portal.values()), re.IGNORECASE)
    folders += re.findall(r"self\.home / '([a-z]+)'", portal["config.py"])
    assert {entry.place for entry in DECLARED if entry.place.startswith("file:")} == {
        f"file:{name}" for name in folders
    }


def exists(place: str, column: str) -> bool:
    """Say whether a declared place is there: a model's column or JSON key, a job's argument, a file, a session's entry."""
    kind, _, name = place.rpartition(":")
    if kind == "file" or place == "session:carried":  # tests/web/test_session_expiry.py reads the entry's keys
        return True
    if kind == "job":
        return column in jobs.arguments().get(name, ())
    columns = {field.column: field for field in apps.get_model(place)._meta.local_fields}
    if "." in column:
        return isinstance(columns.get(column.partition(".")[0]), models.JSONField)
    return column == "*" or column in columns


def leads(place: str, path: str) -> bool:
    """Say whether a look-up leads from a model through its foreign keys to a column."""
    model: Any = apps.get_model(place)
    for name in path.split("."):
        try:
            model = model._meta.get_field(name).related_model
        except (FieldDoesNotExist, AttributeError):
            return False
    return model is None


def test_every_declared_place_exists_and_says_why() -> None:
    gone = [(entry.place, column) for entry in DECLARED for column in entry.columns if not exists(entry.place, column)]
    assert gone == []
    assert [entry for entry in registry.not_personal() if len(entry.reason) < 10] == []
    lost = [each for each in registry.holdings() if ":" not in each.place and not leads(each.place, each.found_by)]
    assert lost == []


def wrong(holding: Holding, version: Version) -> list[str]:
    """Return what a holding names that the version does not promise."""
    audiences = {purpose.partition(".")[0] for purpose in holding.purposes}
    closed = [
        clause for id_, clause in version.clauses.items() if id_.partition(".")[0] in audiences and ".categories" in id_
    ]
    listed = {
        name for clause in closed for name in (*clause.categories, *(f"derived:{each}" for each in clause.derived))
    }
    found = [f"purpose {each}" for each in holding.purposes if each not in version.clauses or ".use." not in each]
    found += [] if holding.category in listed else [f"category {holding.category}"]
    return found + ([] if retention(version, holding.clock) else [f"clock {holding.clock}"])


def test_every_holding_names_a_category_a_purpose_and_a_clock_of_the_version_in_force(version: Version) -> None:
    assert {holding.place: found for holding in registry.holdings() if (found := wrong(holding, version))} == {}
    holding = Holding("x.X", ("a",), "fingerprint", ("client.use.profiling",), "client.use.quote", "a")
    assert wrong(holding, version) == ["purpose client.use.profiling", "category fingerprint", "clock client.use.quote"]
    forgotten = replace(holding, clock="client.evidence.retention#rumour")
    assert wrong(forgotten, version)[-1] == "clock client.evidence.retention#rumour"


@contextmanager
def spoken(room: str, word: Declaration) -> Iterator[None]:
    held = registry.rooms[room]
    registry.register(room, word)
    try:
        yield
    finally:
        registry.register(room, held)


def refusal() -> str:
    try:
        startup.refuse()
    except startup.StartupRefusedError as refused:
        return str(refused)
    return ""


def test_the_portal_refuses_to_start_on_a_column_or_argument_nobody_classified(database: None) -> None:
    assert refusal() == ""
    word = registry.rooms["quotes"]
    silent = tuple(
        each for each in word.holdings if each.place != "job:quotes.verify" and "mileage" not in each.columns
    )
    with spoken("quotes", replace(word, holdings=silent)):
        assert {"quotes.Quote.mileage", "job:quotes.verify.quote"} <= set(re.findall(r"declares\.py: (\S+)", refusal()))


def test_the_portal_refuses_to_start_on_a_column_classified_twice(database: None) -> None:
    word = registry.rooms["customers"]
    twice = NotPersonal("customers.Customer", ("last_name",), "planted")
    with spoken("customers", replace(word, not_personal=(*word.not_personal, twice))):
        assert re.findall(r"declares\.py: (\S+)", refusal()) == ["customers.Customer.last_name"]


def test_the_portal_refuses_to_start_on_a_model_nobody_classified(database: None) -> None:
    class Diary(SharedRow):
        entry = models.TextField()

        class Meta:
            app_label = "catalogue"

    try:
        assert re.findall(r"declares\.py: (\S+)", refusal()) == ["catalogue.Diary.id", "catalogue.Diary.entry"]
    finally:
        del apps.all_models["catalogue"][Diary._meta.model_name]
        apps.clear_cache()
    assert refusal() == ""
