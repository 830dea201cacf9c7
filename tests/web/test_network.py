"""The network's pages over HTTP: mending, replaying and giving up lines of a price list, and placing brands."""

import re
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from gardien.base.actor import Actor
from gardien.catalogue import actions, queries
from gardien.catalogue.models import Article, BrandTier, PriceList
from tests.web import counter

ADMINISTRATOR = "network.administrator@sarvane.example"
READER = "network.reader@sarvane.example"
LIST = (
    "ref;marque;profil;taille;saison;prix ttc;devise;neige\n"
    "A1;Kestrane;Rivage 3;205/55 R16 91V;été;72,90;EUR;\n"
    "A2;<b>Kestrane</b>;Rivage 3;rond & noir;été;72,90;EUR;oui\n"
    "A3;Montferre;Sport;205/55 R16 91V;été;99,99;;\n"
    'A4;"Kestrane;Rivage 3;205/55 R16 91V;été;72,90;EUR\n'
)


@pytest.fixture
def desk(cast: Any, sign_in: Any, at: datetime) -> SimpleNamespace:
    """Import a list with three lines in quarantine; sign in the network's administrator."""
    by = Actor.program("import")
    found = actions.import_tyres(
        raw=LIST.encode(), file_name="tarif.csv", supplier="tarif", currency=None, by=by, at=at
    )
    return SimpleNamespace(
        client=sign_in(ADMINISTRATOR), list=found, lines={line.line: line for line in queries.quarantine(found)}
    )


def mend_path(desk: SimpleNamespace, line: int) -> str:
    return f"/reseau/tarifs/lignes/{desk.lines[line].id}/"


def figures() -> tuple[int, ...]:
    found = PriceList.objects.get()
    return found.read, found.imported, found.updated, found.unchanged, found.quarantined


def test_the_quarantine_says_what_waits_and_why_in_french(desk: SimpleNamespace) -> None:
    imports = desk.client.get("/reseau/tarifs/").text
    path = re.findall(r'href="(/reseau/tarifs/[^"]+/)"', imports)
    assert path == [f"/reseau/tarifs/{desk.list.id}/"]
    page = desk.client.get(path[0]).text
    assert "« rond &amp; noir » n’est pas" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert "&lt;b&gt;Kestrane" in page
    assert len(re.findall(r"/reseau/tarifs/lignes/", page)) == 3


def test_a_reader_sees_the_quarantine_and_no_way_to_mend(desk: SimpleNamespace, sign_in: Any) -> None:
    page = sign_in(READER).get(f"/reseau/tarifs/{desk.list.id}/").text
    assert "n’est pas" in page
    assert "/lignes/" not in page
    assert "/reprendre/" not in page


def test_a_line_is_mended_with_the_cells_it_had(desk: SimpleNamespace) -> None:
    form = desk.client.get(mend_path(desk, 3)).text
    told = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', form))
    assert (told["designation"], told["has_snow_grip"]) == ("rond &amp; noir", "oui")
    assert "noise_db" not in form
    told.pop("csrfmiddlewaretoken", None)
    typed = {**told, "brand": "Kestrane", "designation": "205/55 R16 94V"}
    answer = counter.post(desk.client, mend_path(desk, 3), typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/reseau/tarifs/{desk.list.id}/")
    found = Article.objects.get(source_id="A2")
    assert (found.load_index, found.has_snow_grip, figures()) == (94, True, (4, 2, 0, 0, 2))
    assert desk.client.get(mend_path(desk, 3)).status_code == 404


def test_a_line_that_is_still_wrong_says_so_and_keeps_what_was_typed(desk: SimpleNamespace) -> None:
    before = counter.rows()
    typed = {**desk.lines[3].values, "designation": "carré", "price": "99"}
    answer = counter.post(desk.client, mend_path(desk, 3), typed)
    assert answer.status_code == 422
    assert 'value="carré"' in answer.text
    said = counter.sentences(answer.text)
    assert any("carré" in sentence for sentence in said)
    assert all(map(counter.is_french, said))
    assert counter.rows() == before


@pytest.mark.parametrize("typed", ["\0", "x" * 5_000, "\u202e", "=1+1", "é" * 300, "\ud800"])
def test_whatever_is_typed_is_taken_or_refused_with_a_sentence(desk: SimpleNamespace, typed: str) -> None:
    told = {**desk.lines[3].values, "brand": "Kestrane", "designation": "205/55 R16 91V"}
    for field in told:
        answer = counter.post(desk.client, mend_path(desk, 3), {**told, field: typed})
        assert answer.status_code in {302, 422, 404}
        if answer.status_code == 422:
            assert all(map(counter.is_french, counter.sentences(answer.text)))


def test_a_line_without_cells_shows_its_text_and_an_empty_form(desk: SimpleNamespace) -> None:
    page = desk.client.get(mend_path(desk, 5)).text
    assert "A4;&quot;Kestrane;Rivage 3" in page
    assert set(re.findall(r'<input type="text" name="\w+"( value="[^"]*")?', page)) == {""}


def test_replaying_in_euros_takes_the_line_without_a_currency(desk: SimpleNamespace) -> None:
    path = f"/reseau/tarifs/{desk.list.id}/"
    answer = counter.post(desk.client, f"{path}reprendre/", {"currency": "EUR"})
    assert answer.headers["Location"] == path
    assert "1 ligne reprise." in desk.client.get(path).text
    assert figures() == (4, 2, 0, 0, 2)
    assert "0 ligne reprise." in desk.client.post(f"{path}reprendre/", {"currency": ""}, follow=True).text
    refused = counter.post(desk.client, f"{path}reprendre/", {"currency": "XYZ"})
    assert refused.status_code == 422
    assert all(map(counter.is_french, counter.sentences(refused.text)))


def test_a_line_given_up_is_shown_as_such_and_asked_for_no_more(desk: SimpleNamespace) -> None:
    answer = desk.client.post(f"{mend_path(desk, 5)}abandonner/", follow=True)
    assert "La ligne 5 est abandonnée." in answer.text
    assert mend_path(desk, 5) not in answer.text
    assert figures() == (4, 1, 0, 0, 3)
    assert desk.client.post(f"{mend_path(desk, 5)}abandonner/").status_code == 404


def test_an_absent_list_or_line_is_a_404(desk: SimpleNamespace) -> None:
    absent = "01890a5d-ac96-774b-bcce-b302099a8057"
    assert desk.client.get(f"/reseau/tarifs/{absent}/").status_code == 404
    assert desk.client.post(f"/reseau/tarifs/{absent}/reprendre/", {"currency": ""}).status_code == 404
    assert desk.client.get(f"/reseau/tarifs/lignes/{absent}/").status_code == 404


def test_brands_are_placed_and_only_what_changes_is_written(desk: SimpleNamespace) -> None:
    actions.replay(price_list_id=desk.list.id, currency="EUR", by=Actor.program("x"), at=desk.list.imported_at)
    page = desk.client.get("/reseau/marques/").text
    fields = dict(zip(("kestrane", "montferre"), re.findall(r'name="(tier_\d+)"', page), strict=True))
    before = counter.rows()["journal_entry"]
    typed = {fields["kestrane"]: "budget", fields["montferre"]: ""}
    answer = desk.client.post("/reseau/marques/", typed, follow=True)
    assert "Les marques sont classées." in answer.text
    assert list(BrandTier.objects.values_list("brand_key", "tier")) == [("kestrane", "budget")]
    desk.client.post("/reseau/marques/", typed)
    assert counter.rows()["journal_entry"] == before + 1
    desk.client.post("/reseau/marques/", {**typed, fields["kestrane"]: ""})
    assert BrandTier.objects.count() == 0
    refused = counter.post(desk.client, "/reseau/marques/", {**typed, fields["kestrane"]: "gold"})
    assert refused.status_code == 422
    assert all(map(counter.is_french, counter.sentences(refused.text)))
