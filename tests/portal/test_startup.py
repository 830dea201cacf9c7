"""The portal refuses to start where a key is missing, and where ledger and database do not belong together."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from gardien.base.crypto import Keyring
from gardien.base.models import LedgerMark
from gardien.portal import startup
from tests.base.ledger import folder, restored, rolled_back, segments, states, write


def test_a_start_without_the_objection_key_is_refused_with_what_to_do(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path
) -> None:
    Keyring.generate(tmp_path / "keys")
    (tmp_path / "keys" / "objection.1.key").unlink()
    with django_db_blocker.unblock():
        startup.refuse()
        with (
            override_settings(GARDIEN_KEYRING=Keyring(tmp_path / "keys")),
            pytest.raises(startup.StartupRefusedError, match=r"'objection' key .* python -m gardien\.base\.crypto"),
        ):
            startup.refuse()


def reasons() -> str:
    """Return why it does not start; empty if it does."""
    try:
        startup.refuse()
    except startup.StartupRefusedError as refused:
        return str(refused)
    return ""


@pytest.mark.usefixtures("committed")
def test_a_start_tells_the_ledger_what_was_rolled_back_and_goes_on() -> None:
    rolled_back()
    assert (reasons(), states()) == ("", ["void"])


@pytest.mark.usefixtures("committed")
def test_a_start_on_a_database_from_before_the_ledgers_lines_is_refused_with_the_command() -> None:
    restored(write(), write())
    assert "from before 2 lines of the ledger" in reasons()
    assert reasons().endswith("Run: gardien restore")


@pytest.mark.usefixtures("committed")
def test_a_start_without_the_ledgers_lines_is_refused_with_its_folder() -> None:
    write()
    segments()[0].unlink()
    assert f"The ledger in {folder()}" in reasons()
    assert "lacks 1 lines. Restore that folder" in reasons()


@pytest.mark.usefixtures("committed")
def test_a_start_on_a_database_from_before_all_lines_of_the_ledger_is_refused() -> None:
    write()
    last = str(LedgerMark.objects.get().id)
    segments()[0].rename(folder() / "2026-01.jsonl")
    write()
    settings.GARDIEN_LEDGER.prune(settings.GARDIEN_LEDGER.position())
    assert reasons() == ""
    LedgerMark.objects.filter(id=last).delete()
    assert "Restore a later backup" in reasons()


@pytest.mark.usefixtures("committed")
def test_a_ledger_that_cannot_be_written_is_a_reason() -> None:
    folder().mkdir()
    (folder() / "lock").mkdir()
    assert f"The ledger in {folder()}" in reasons()
    assert "cannot be read or written" in reasons()
