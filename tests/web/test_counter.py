"""The counter scene over HTTP."""

import io
import re
import uuid
from typing import Any

from pypdf import PdfReader

from tests import scene

ADVISER = "counter.adviser@tilleul.example"


def test_a_customer_told_orally_gets_a_quote_whose_pdf_says_what_the_page_says(sign_in: Any, at: Any) -> None:
    scene.price_list(at)
    client = sign_in(ADVISER)
    assert "Carrosserie" not in client.get("/clients/nouveau/").text
    form = client.post("/clients/nouveau/").headers["Location"]
    typed = {
        "last_name": "Moreau",
        "first_name": "Élodie",
        "plate": "gh 482 kl",
        "plate_country": "FR",
        "mobile": "06 39 98 12 34",
        "answer_client_phone_prospecting_phone_mobile": "no",
    }
    card = client.post(form, typed).headers["Location"]
    page = client.get(card).text
    assert "GH-482-KL" in page
    ids = dict(re.findall(r'name="(customer|vehicle|draft_key)" value="([^"]+)"', page))
    quote = client.post("/devis/nouveau/", ids).headers["Location"]
    offers = client.get(quote, {"size": "2055516"}).text
    article = re.search(r'name="article" value="([^"]+)"', offers)[1]
    line = {"article": article, "line_key": uuid.uuid4(), "quantity": "4", "unit_price": "99,99", "vat_rate": "20.00"}
    assert client.post(f"{quote}pneus/", line).status_code == 302
    assert client.post(f"{quote}emettre/").status_code == 302
    shown = client.get(quote).text
    assert re.search(r'data-total="ttc">399,96\xa0€', shown)
    printed = PdfReader(io.BytesIO(client.get(f"{quote}pdf/").content))
    assert len(printed.pages) == 2
    recto = printed.pages[0].extract_text()
    for amount in re.findall(r'data-total="[a-z]+">([^<]+)\xa0€', shown):
        assert amount in recto
    assert re.search(r"D-TILLEUL-\d{4}-000001", shown)[0] in recto
