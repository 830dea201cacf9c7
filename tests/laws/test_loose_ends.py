"""Law 10: nothing hangs loose: migrations, jobs, templates, addresses, settings and commands are complete and known."""

import argparse
import ast
import re
from collections.abc import Iterator

import pytest
from allauth import account
from django.apps import apps
from django.core.management import call_command
from django.db import models

from gardien.base import jobs
from gardien.base.models import SharedRow
from gardien.portal import cli
from gardien.portal.config import Config
from gardien.web.repairer.forms.size import SizeForm
from tests.laws.source import PACKAGE, ROOT, modules

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TEMPLATES = PACKAGE / "web" / "templates"
OTHER_VARIABLES = {"GARDIEN_REAL_DATA"}
"""Read by tests only."""
RAW_NAMES = {"last_name", "first_name", "company", "city", "brand", "label"}


def calls(name: str) -> Iterator[ast.Call]:
    """Yield each call of a function of this name, `name` or `….name`, in the package."""
    for _, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                yield node


def test_migrations_are_complete_and_named(database: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    assert [file.name for file in PACKAGE.rglob("migrations/*.py") if "_auto_" in file.name] == []

    class Planted(SharedRow):
        forgotten = models.TextField()

        class Meta:
            app_label = "catalogue"

    try:
        with pytest.raises(SystemExit):
            call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    finally:
        del apps.all_models["catalogue"][Planted._meta.model_name]
        apps.clear_cache()


def test_every_deferred_job_is_a_task_and_takes_what_it_is_given() -> None:
    deferred = {
        ast.literal_eval(call.args[0]): sorted(word.arg or "**" for word in call.keywords)
        for call in calls("defer")
        if call.args
    }
    tasks = {name: sorted(taken) for name, taken in jobs.arguments().items()}
    assert deferred == {name: taken for name, taken in tasks.items() if name in deferred}
    assert "quotes.verify" in deferred


def test_nothing_personal_is_read_from_an_address() -> None:
    readers = [
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "GET"
    ]
    assert readers == ["web/repairer/forms/size.py"], "request.GET is read otherwise than by SizeForm"
    tyre = {"season", "fuel_efficiency", "wet_grip", "oe_mark", "has_snow_grip", "is_run_flat"}
    assert set(SizeForm.base_fields) == {"size", *tyre}


def test_nothing_is_ordered_by_a_raw_name() -> None:
    orders = [
        ast.literal_eval(word) for call in calls("order_by") for word in call.args if isinstance(word, ast.Constant)
    ]
    orders += [name for model in apps.get_models() for name in model._meta.ordering if isinstance(name, str)]
    keys = [word.value for name in ("sort", "sorted") for call in calls(name) for word in call.keywords]
    orders += [node.attr for key in keys for node in ast.walk(key) if isinstance(node, ast.Attribute)]
    assert {name for name in orders if name.lstrip("-").rpartition("__")[2] in RAW_NAMES} == set()
    assert "sort_key" in orders


def test_every_template_is_used_and_every_template_used_exists() -> None:
    ours = {file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*.html")}
    texts = [file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*") if file.suffix in (".py", ".html")]
    named = {name for text in texts for name in re.findall(r"[\"']([a-z_]+/[a-z_]+\.html)[\"']", text)}
    theirs = f"{account.__path__[0]}/../templates"
    overridden = {name for name in ours if (PACKAGE / theirs / name).exists()}
    assert ours == named | overridden


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    settings = {field.alias or f"GARDIEN_{name.upper()}" for name, field in Config.model_fields.items()}
    rows = re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.MULTILINE)
    assert sorted(rows) == sorted(settings)
    assert set(re.findall(r"\bGARDIEN_[A-Z_]+", OPERATIONS)) <= settings | OTHER_VARIABLES
    assert [name for name, field in Config.model_fields.items() if not field.description] == []


def leaves(parser: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each command, such as `import tyres FILE`, with its options."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in below:
        for name, each in action.choices.items():
            yield from leaves(each, f"{path} {name}".strip())
    if not below:
        options = {action.option_strings[-1] for action in parser._actions if action.option_strings} - {"--help"}
        places = [action.dest.upper() for action in parser._actions if not action.option_strings]
        yield " ".join([path, *places]), frozenset(options)


def test_every_command_is_documented_with_its_options() -> None:
    headings = re.findall(r"^### `gardien ([^`]+)`", OPERATIONS, re.MULTILINE)
    told = {text.partition(" [")[0]: frozenset(re.findall(r"--[a-z-]+", text)) for text in headings}
    assert told == dict(leaves(cli._parser()))
