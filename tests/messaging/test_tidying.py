"""Files of the `file:` route go once their message's row is gone, and no other file does."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gardien.base import ids
from gardien.commitment.registry import registry
from gardien.messaging import actions
from gardien.messaging.jobs import send
from gardien.messaging.models import Message
from gardien.messaging.rules import Folder
from gardien.network import queries as network
from gardien.network.rules import PartyKind
from tests.conftest import as_role
from tests.messaging import post


@pytest.fixture
def folder(cast: Any, settings: Any, tmp_path: Path) -> Path:
    found: Path = tmp_path / "outbox"
    settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = Folder(found), post.FROM
    return found


def sent(controller: Any, at: datetime) -> Message:
    message = post.prepare(controller, at)
    send(str(controller), str(message.id))
    return message


def forget(controller: Any, message: Message) -> None:
    with as_role("sweep") as sweep:
        sweep.execute("SELECT set_config('gardien.controller', %s, true)", [str(controller)])
        sweep.execute("DELETE FROM messaging_attempt WHERE message_id = %s", [message.id])
        sweep.execute("DELETE FROM messaging_message WHERE id = %s", [message.id])


def test_the_file_of_a_message_that_is_gone_goes_and_those_of_every_controller_stay(
    cast: Any, folder: Path, at: datetime
) -> None:
    controllers = [cast.site("TILLEUL").repairer_id, cast.site("CANAL").repairer_id]
    controllers += [network.central_party(PartyKind.NETWORK).id]
    gone, *kept = (sent(each, at) for each in controllers)
    (folder / f".{ids.new().hex}.half").touch()
    (folder / "lisez-moi.txt").touch()
    forget(controllers[0], gone)
    assert actions.remove_files(at=at) == 2
    assert {file.name for file in folder.iterdir()} == {"lisez-moi.txt", *(f"{each.id.hex}.eml" for each in kept)}
    assert actions.remove_files(at=at) == 0


@pytest.mark.parametrize("route", [None, "elsewhere"])
def test_without_a_folder_there_is_nothing_to_remove(
    cast: Any, folder: Path, settings: Any, at: datetime, route: str | None
) -> None:
    settings.GARDIEN_MAIL = Folder(folder / route) if route else None
    assert actions.remove_files(at=at) == 0


def test_the_sweep_hears_of_it() -> None:
    assert actions.remove_files in [each.run for each in registry.tidies()]
