"""Every nasty string in what is settled on a quote and in the garage's own prices."""

import re
from typing import Any

from django.test import Client

from tests.web import counter
from tests.web.test_nasty import STRINGS, choose, client, sent

SETTLED = ("off", "reason", "told", "option", "choice", "late_reason", "answer", "family", "extras", "draft_key")
IMPOSSIBLE = "Ce montant est impossible : vérifiez la quantité et le prix."


def test_each_nasty_string_settled_on_a_quote_or_answered_is_kept_clean_or_refused(client: Client, choose: Any) -> None:
    path = counter.draft(client)
    client.post(f"{path}prestations/", {**counter.service("Portière", "3", "3"), "service-family": "body"})
    line = re.search(r'action="(/devis/[^"]+/)retirer/"', client.get(path).text)[1]
    issued = counter.draft(client)
    client.post(f"{issued}prestations/", counter.service("Montage", "3", "3"))
    client.post(f"{issued}emettre/")
    doors = {"off": f"{line}remise/", "reason": f"{line}etiquette/", "told": f"{path}total/", "option": f"{path}total/"}
    doors |= {"choice": f"{path}pieces/", "answer": f"{issued}reponse/", "late_reason": f"{issued}accepter-tard/"}
    doors |= {"family": f"{path}prestations/", "extras": f"{path}pneus/", "draft_key": f"{issued}dupliquer/"}
    before, found = counter.rows(), []
    for number, (name, value) in enumerate(STRINGS):
        for field in choose(number, SETTLED):
            form = {"family": counter.service("Montage")}.get(field, {"told": "3", "option": "0"})
            _, faults = sent(client, doors[field], {**form, f"{'service-' * (field == 'family')}{field}": value})
            found += [f"{name} in {field}: {fault}" for fault in faults]
    assert found == []
    moved = {table for table, count in counter.rows().items() if count != before[table]}
    assert moved <= {"journal_entry", "quotes_quoteline", "quotes_quote"}  # a key of zeros opens one draft


def test_a_discount_above_the_line_is_refused_in_a_sentence_and_stays_typed(client: Client) -> None:
    path = counter.draft(client)
    client.post(f"{path}prestations/", counter.service("Montage", "3", "3"))
    line = re.search(r'action="(/devis/[^"]+/)retirer/"', client.get(path).text)[1]
    for typed in ("1\u202f234,50\u202f€", "9,01"):
        answer = client.post(f"{line}remise/", {"off": typed})
        assert (answer.status_code, IMPOSSIBLE in counter.sentences(answer.text)) == (422, True)
        assert f'value="{typed}"' in answer.text
    assert client.post(f"{line}remise/", {"off": "8,00"}).status_code == 302


def test_each_nasty_string_in_the_garages_own_prices_is_kept_clean_or_refused(sign_in: Any, choose: Any) -> None:
    manager = sign_in("site.manager@tilleul.example")
    manager.raise_request_exception = False
    sold = {"label": "Montage", "unit_ttc": "3", "vat_rate": "20.00", "extra": "", "rim_from_inch": "", "service": ""}
    rule = {"priority": "1", "percent": "3", "brand": "", "rim_from_inch": "", "rim_to_inch": "", "oe_mark": ""}
    forms = {"sold": ("/tarif/prestations/", sold), "rule": ("/tarif/regles/", {**rule, "season": "", "rule": ""})}
    fields = [(prefix, field) for prefix, (_, form) in forms.items() for field in form]
    found: list[str] = []
    for number, (name, value) in enumerate(STRINGS):
        for prefix, field in choose(number, fields):
            door, form = forms[prefix]
            typed = {f"{prefix}-{key}": told for key, told in {**form, field: value}.items()}
            found += [f"{name} in {prefix} {field}: {fault}" for fault in sent(manager, door, typed)[1]]
            found += [f"{name} as an id: {fault}" for fault in sent(manager, f"{door}retirer/", {"id": value})[1]]
    assert found == []


__all__ = ["choose", "client"]
