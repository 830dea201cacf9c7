"""Everything that one repairer has is marked; others walk every page by every method, and no mark is ever seen."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from django.db import models
from django.test import override_settings

from gardien.base import clock
from gardien.base import models as base
from gardien.messaging.rules import Folder
from tests.conftest import HOME
from tests.messaging import post
from tests.walls import attack, canaries
from tests.walls.house import House
from tests.walls.roaming import Walk, entered, kept, walked
from tests.walls.test_attacks import without_policies
from tests.walls.walking import pairs
from tests.walls.ways import RIVAL


def check(walk: Walk) -> None:
    assert walk.seen == []
    assert walk.faults == []
    assert [walker.name for walker in walk.walkers if set(pairs()) - set(walker.answers)] == []
    assert walk.left() == set()


def test_no_mark_of_the_first_garage_is_seen_by_anybody_else(house: House) -> None:
    check(walked(house, 7, 1))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_no_mark_is_seen_in_a_long_walk(house: House, seed: int) -> None:
    check(walked(house, seed, 12))


@pytest.mark.parametrize("mark", [canaries.LONG, canaries.SHORT])
def test_a_mark_is_recognised_in_every_form(mark: str) -> None:
    forms = {mark, mark.upper(), mark.lower(), quote(mark), quote_plus(mark), json.dumps(mark), html.escape(mark)}
    forms |= {base64.b64encode(f"{before}{mark} et suite".encode()).decode() for before in ("", "x", "xy", "xyz")}
    assert [each for each in forms if not canaries.seen(f"<p>{each}</p>".encode())] == []
    assert canaries.seen(b"Kanari 7 Kanarie 8") == set()


def test_its_own_garage_sees_the_marks_and_so_does_another_without_filter_and_wall(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept():
        mail = override_settings(GARDIEN_MAIL=Folder(HOME / "outbox"), GARDIEN_MAIL_FROM=post.FROM)
        with mail:
            issued = canaries.lived(house.tilleul, clock.now())
        own, rival = entered("site.manager@tilleul.example")(), entered(RIVAL)()
        card = f"/clients/{issued.customer_id}/"
        assert "html" in canaries.seen(own.get(card).content)
        assert canaries.seen(own.get(f"/devis/{issued.id}/pdf/").content) & {"pdf, plain", "pdf, upper"}
        letters = [canaries.seen(text.encode()) for text in attack.letters(house.tilleul.tenant)]
        assert any("plain" in found for found in letters)
        assert canaries.seen(rival.get(card).content) == set()
        with without_policies():
            monkeypatch.setattr(base.ScopedManager, "get_queryset", models.Manager.get_queryset)
            assert canaries.seen(rival.get(card).content) != set()
