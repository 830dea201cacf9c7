"""Object swap, field swap and canaries: what one repairer has is nothing to anybody else, and five planted bugs are caught."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.db import models
from django.test import Client
from django.urls import resolve

from gardien.base import models as base
from gardien.base import walls
from gardien.portal import matrix
from gardien.web.shared import access
from tests.conftest import as_role
from tests.walls import attack
from tests.walls.house import ABSENT, House, fingerprints

OWNER, RIVAL = "counter.adviser@tilleul.example", "counter.adviser@canal.example"
OTHERS = {
    "rival": RIVAL,
    "network": "network.administrator@sarvane.example",
    "support": "provider.support@halvec.example",
    "anonymous": "",
}


MANAGER = "site.manager@canal.example"
_CARD = {("/clients//accords/retirer/", "decision"), ("/devis/nouveau/", "customer"), ("/devis/nouveau/", "vehicle")}
SWAPPED = {
    RIVAL: _CARD,
    MANAGER: _CARD
    | {
        ("/site/equipe/role/", "user"),
        ("/tarif/prestations/retirer/", "id"),
        ("/tarif/regles/retirer/", "id"),
    },
}
"""Every field of every form of theirs that holds an id, by the form's address."""


@pytest.fixture(scope="module")
def crawled(house: House) -> dict[str, str]:
    """Every page and paper that the first garage's adviser can reach, and its letters, as text."""
    from gardien.network.models import User
    from tests import second_factor

    client = second_factor.sign_in(Client(raise_request_exception=False), User.objects.get(email=OWNER))
    pages = attack.crawl(client, attack.starts(house.tilleul))
    pages |= {f"letter {number}": text for number, text in enumerate(attack.letters(house.tilleul.tenant))}
    assert len(attack.objects(pages)) >= 30
    return pages


@pytest.fixture(scope="module")
def stolen(crawled: dict[str, str]) -> set[str]:
    """Every address with an id that the first garage's adviser can reach, by page, paper or letter."""
    return attack.objects(crawled)


def someone(enter: Callable[[str], Client], email: str) -> Client:
    return enter(email) if email else Client(raise_request_exception=False)


@pytest.mark.parametrize("who", list(OTHERS))
def test_no_address_of_the_first_garage_gives_anything_to_another(
    stolen: set[str], enter: Callable[[str], Client], who: str
) -> None:
    client = someone(enter, OTHERS[who])
    before = fingerprints()
    networks = {"network.people", "network.requests", "network.end_services", "standing.hold_user"}
    its_own = networks if who == "network" else set[str]()
    asked = {each for each in stolen if getattr(resolve(each).func, "gardien_action", "") not in its_own}
    assert len(asked) >= len(stolen) - 14
    assert attack.obtained(client, asked) == []
    assert fingerprints() == before


def test_no_reference_of_the_first_garage_is_on_a_page_or_found_by_another(
    house: House, crawled: dict[str, str], enter: Callable[[str], Client]
) -> None:
    client = enter(RIVAL)
    theirs = attack.references(crawled.values())
    own = attack.references(
        [*attack.crawl(client, attack.starts(house.canal)).values(), *attack.letters(house.canal.tenant)]
    )
    assert theirs >= {house.tilleul.reference, house.tilleul.number}
    assert own >= {house.canal.reference, house.canal.number}
    assert theirs & own == set()
    absent = {"C": "C-ZZZZZZZZ", "U": "U-ZZZZZZZZ", "D": "D-TILLEUL-2020-999999"}
    for reference in theirs:
        pages = [
            attack.TOKEN.sub("", client.post("/clients/recherche/", {"text": text}).text.replace(text, ""))
            for text in (reference, absent[reference[0]])
        ]
        assert pages[0] == pages[1], reference


def test_a_signed_link_opens_its_own_page_only_and_no_part_of_it_is_swapped(
    house: House, crawled: dict[str, str], enter: Callable[[str], Client]
) -> None:
    """The link is its customer's key: it opens for its bearer, and neither page nor paper of others ever holds it."""
    (theirs,), (own,) = attack.tokens(crawled.values()), attack.tokens(attack.letters(house.canal.tenant))
    assert [Client().get(f"/devis-recu/{each}/").status_code for each in (theirs, own)] == [200, 200]
    raw, other = (base64.urlsafe_b64decode(each + "==") for each in (own, theirs))
    parts = (slice(1, 17), slice(17, 33), slice(33, 65), slice(65, 73), slice(1, 73), slice(73, None))
    spliced = [raw[: part.start] + other[part] + (raw[part.stop :] if part.stop else b"") for part in parts]
    swapped = [base64.urlsafe_b64encode(each).decode().rstrip("=") for each in spliced]
    clients = [someone(enter, email) for email in OTHERS.values()]
    before = fingerprints()
    for client in clients:
        tried = [(f"/devis-recu/{each}/", "/devis-recu/none/") for each in swapped if each != own]
        tried += [(f"{page}{theirs}/", f"{page}none/") for page in ("/compte/demande/", "/compte/mot-de-passe/")]
        assert len(tried) >= 6
        for found, absent in tried:
            for method in ("GET", "POST"):
                assert attack.said(client, method, found) == attack.said(client, method, absent), found
    assert fingerprints() == before


@pytest.mark.parametrize("who", list(SWAPPED))
def test_no_field_of_a_form_takes_an_id_of_the_first_garage(
    house: House, enter: Callable[[str], Client], who: str
) -> None:
    client = enter(who)
    pages = attack.crawl(client, attack.starts(house.canal))
    before, tried = fingerprints("django_session"), set()
    for address, fields, name in attack.forms(pages):
        if name == "membership":
            continue
        expected = attack.said(client, "POST", address, urlencode({**fields, name: str(ABSENT)}))
        for identifier in house.tilleul.ids.values():
            swapped = attack.said(client, "POST", address, urlencode({**fields, name: str(identifier)}))
            assert swapped == expected, (address, name)
            tried.add((attack.ID.sub("", address), name))
    assert tried == SWAPPED[who]
    assert fingerprints("django_session") == before


@contextmanager
def without_policies() -> Iterator[None]:
    """Take the database's wall down, so that the filter stands alone."""
    tables = [model._meta.db_table for model in walls.scoped_models()]
    try:
        with as_role("owner") as owner:
            for table in tables:
                owner.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        yield
    finally:
        with as_role("owner") as owner:
            for table in tables:
                owner.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')


def test_a_dropped_filter_is_caught(
    house: House, stolen: set[str], enter: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = {address for address in stolen if address.count("/") == 3}
    with without_policies():
        assert attack.obtained(enter(RIVAL), cards, ("GET",)) == []
        monkeypatch.setattr(base.ScopedManager, "get_queryset", models.Manager.get_queryset)
        assert attack.obtained(enter(RIVAL), cards, ("GET",)) != []


@pytest.mark.parametrize(
    ("plant", "mend", "found"),
    [
        (
            "ALTER TABLE customers_customer NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE customers_customer FORCE ROW LEVEL SECURITY",
            "without forced row-level security: customers_customer",
        ),
        (
            "CREATE VIEW planted AS SELECT * FROM customers_customer",
            "DROP VIEW planted",
            "a view that reads with its owner's rights: planted",
        ),
    ],
)
def test_a_wall_not_forced_and_a_view_of_its_owner_are_caught(house: House, plant: str, mend: str, found: str) -> None:
    assert walls.differences() == []
    try:
        with as_role("owner") as owner:
            owner.execute(plant)
        assert any(found in each for each in walls.differences())
    finally:
        with as_role("owner") as owner:
            owner.execute(mend)


def test_a_role_check_taken_away_is_caught(
    house: House, enter: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.laws.test_matrix import wrong

    session = {"workshop@TILLEUL": enter("workshop@tilleul.example").cookies["session"].value}
    everything = SimpleNamespace(allows=lambda *_: True)
    assert wrong(list(matrix.cells(session, {}, ("GET",)))) == []
    monkeypatch.setattr(access, "roles", SimpleNamespace(matrix=lambda: everything))
    assert wrong(list(matrix.cells(session, {}, ("GET",)))) != []
