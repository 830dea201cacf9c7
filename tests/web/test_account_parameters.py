"""What a site settles for its quotes beside their days: the text below the lines, and who grants which discount."""

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import pypdf
import pytest

from gardien.base import scope
from gardien.network import queries as network
from gardien.quotes import actions, queries
from gardien.quotes.models import Quote
from tests import scene
from tests.web import counter

PAGE = "/site/parametres/"
MANAGER, ADVISER = "site.manager@col.example", "counter.adviser@col.example"
TOLD = {"quote_days": "30", "most_discount": "10", "printed": "Acompte de 30 % à la commande."}


def drafted(cast: Any, at: datetime, off: str) -> Quote:
    """Draft a quote of 100 euros less `off`."""
    adviser = cast.membership(ADVISER)
    with scope.entered(network.controller(adviser)):
        draft = scene.draft(adviser, scene.customer(adviser, at), at, "25.00")
        line = queries.lines(draft)[0]
        full = line.total
        by = network.actor(adviser)
        actions.take_off(quote_id=draft.id, line_id=line.id, discount=full * Decimal(off) / 100, by=by, at=at)
    return draft


def state(cast: Any, draft: Quote) -> str:
    with scope.entered(network.controller(cast.membership(ADVISER))):
        return queries.by_id(draft.id).state


def test_a_site_s_text_stands_on_the_quotes_issued_from_then_on(cast: Any, sign_in: Any, at: datetime) -> None:
    assert sign_in(MANAGER).post(PAGE, TOLD).headers["Location"] == PAGE
    assert "Acompte de 30 % à la commande." in sign_in(MANAGER).get(PAGE).text
    seen = {}
    for email in (ADVISER, "counter.adviser@canal.example"):
        adviser = cast.membership(email)
        quote = scene.issued(adviser, at)
        with scope.entered(network.controller(adviser)):
            recto = pypdf.PdfReader(io.BytesIO(queries.pdf(queries.document(quote.id)))).pages[0].extract_text()
        seen[email] = "Acompte de 30 % à la commande." in " ".join(recto.split())
    assert seen == {ADVISER: True, "counter.adviser@canal.example": False}


@pytest.mark.parametrize("told", [{"most_discount": "101"}, {"most_discount": "-1"}, {"printed": "A" * 301}])
def test_what_is_no_discount_or_too_long_is_refused_and_nothing_moves(
    cast: Any, sign_in: Any, told: dict[str, str]
) -> None:
    manager = sign_in(MANAGER)
    manager.get("/")
    before = counter.rows()
    refused = manager.post(PAGE, {**TOLD, **told})
    assert (refused.status_code, all(map(counter.is_french, counter.sentences(refused.text)))) == (422, True)
    assert counter.rows() == before
    assert cast.site("COL").most_discount is None


def test_a_discount_beyond_the_site_s_is_a_manager_s_to_grant(cast: Any, sign_in: Any, at: datetime) -> None:
    sign_in(MANAGER).post(PAGE, TOLD)
    small, large = drafted(cast, at, "10"), drafted(cast, at, "10.5")
    adviser, manager = sign_in(ADVISER), sign_in(MANAGER)
    assert adviser.post(f"/devis/{small.id}/emettre/").status_code == 302
    assert (state(cast, small), state(cast, large)) == ("issued", "draft")
    page = adviser.get(f"/devis/{large.id}/").text
    assert (f"/devis/{large.id}/emettre/" in page, "le responsable de votre site" in page) == (False, True)
    refused = adviser.post(f"/devis/{large.id}/emettre/")
    assert (refused.status_code, "à accorder par votre responsable" in refused.text) == (422, True)
    assert adviser.post(f"/devis/{large.id}/accorder/").status_code == 403
    assert state(cast, large) == "draft"
    assert f"/devis/{large.id}/accorder/" in manager.get(f"/devis/{large.id}/").text
    assert manager.post(f"/devis/{large.id}/accorder/").status_code == 302
    assert state(cast, large) == "issued"


def test_without_a_limit_an_adviser_grants_any_discount(cast: Any, sign_in: Any, at: datetime) -> None:
    draft = drafted(cast, at, "90")
    assert sign_in(ADVISER).post(f"/devis/{draft.id}/emettre/").status_code == 302
    assert state(cast, draft) == "issued"
