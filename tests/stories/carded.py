"""Customers with a history, for the card's pages and stories, and every page of a card in each state it can show."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Page

from gardien.base import clock, ids, scope
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as asking
from gardien.consent.rules import How
from gardien.customers import actions, rules
from gardien.network import queries as network
from gardien.quotes import actions as quotes
from gardien.quotes.rules.vocabulary import CancelReason
from gardien.standing import actions as standing
from gardien.standing.rules import Ground
from tests import scene
from tests.retention import archive_scene

MOBILE, LANDLINE = rules.parse_phone("06 39 98 45 10"), rules.parse_phone("01 99 00 45 67")
SEVERAL = {"delivery": "Appartement 12", "building": "Résidence du Verger", "street": "7 impasse des Lilas"}
TOWN = {"postcode": "99100", "city": "Vauclair", "email": "camille.lemaire-vasseur@courriel.example"}


def load(adviser: Any, at: datetime) -> dict[str, Any]:
    """Record a customer with all that a card can show, and three customers for each story; return their ids."""
    with scope.entered(network.controller(adviser)):
        return {
            "rich": _rich(adviser, at),
            "told": {name: _told(adviser, at, name) for name in ("Vasseur", "Quentin")},
        }


def _told(adviser: Any, at: datetime, name: str) -> SimpleNamespace:
    """Record a customer who agreed to calls, the one who buys their car, and a card that is theirs, too."""
    mobile = rules.parse_phone("06 39 98 77 01" if name == "Vasseur" else "06 39 98 77 02")
    plates = ["BV-101-AA", "BV-102-AA", "BV-103-AA"] if name == "Vasseur" else ["BQ-101-AA", "BQ-102-AA", "BQ-103-AA"]
    seller = scene.customer(adviser, at, plates[0], last_name=name, first_name="Sacha", mobile=mobile)
    buyer = scene.customer(adviser, at, plates[1], last_name=f"{name}-Keller", first_name="Dana")
    twin = scene.customer(adviser, at, plates[2], last_name=name, first_name="Sasha", mobile=mobile)
    _agree(seller, mobile, network.actor(adviser), at)
    return SimpleNamespace(seller=seller.id, buyer=buyer.id, twin=twin.id, plates=plates)


def _agree(customer: Any, mobile: rules.Phone, by: Any, at: datetime) -> None:
    calls = next(each for each in asking.asked(commitment.in_force(clock.legal_day(at))) if each.per_address)
    yes = consent.Answer(calls.purpose, calls.channel, mobile.e164, is_given=True, wording=calls.document)
    consent.decide(subject=customer.reference, answers=[yes], how=How.ORAL, by=by, at=at)


def _rich(adviser: Any, at: datetime) -> SimpleNamespace:
    by, told = network.actor(adviser), {"last_name": "Lemaire-Vasseur", "first_name": "Camille"}
    known = scene.customer(adviser, at, "CQ-914-TM", **told, **SEVERAL, **TOWN, mobile=MOBILE, phone=LANDLINE)
    car = known.vehicles.get()
    actions.change_plate(vehicle_id=car.id, plate=rules.parse_plate("GK-482-LM"), by=by, at=at)
    former = scene.customer(adviser, at, "CC-111-DD", last_name="Petit", first_name="Paul")
    actions.hand_over(vehicle_id=former.vehicles.get().id, to=known.id, by=by, at=at)
    gone = rules.VehicleDetails(rules.parse_plate("EE-222-FF"), "Sarvane", "Corso")
    actions.part_with(vehicle_id=actions.add_vehicle(customer_id=known.id, vehicle=gone, by=by, at=at).id, by=by, at=at)
    actions.write_note(
        customer_id=known.id, text="Préfère être appelée après dix-huit heures.", note_key=ids.new(), by=by, at=at
    )
    twin = scene.customer(adviser, at, "GG-333-HH", **{**told, "first_name": "Camile"}, mobile=MOBILE)
    actions.merge(kept_id=known.id, absorbed_id=twin.id, by=by, at=at)
    alike = scene.customer(adviser, at, "GG-444-HH", **told, mobile=MOBILE)
    _agree(known, MOBILE, by, at)
    standing.hold(
        subject=known.reference,
        ground=Ground.WARRANTY,
        category="derived:quote",
        legal_reference="garantie",
        until_date=clock.legal_day(at + timedelta(days=900)),
        by=by,
        at=at,
    )
    hidden = scene.customer(adviser, at, "HH-333-HH", last_name="Robin", first_name="Sacha")
    standing.restrict(subjects=[hidden.reference], by=by, at=at)
    archived = archive_scene.left(known, by, at)
    return SimpleNamespace(id=known.id, car=car.id, alike=alike.id, archived=archived, **_quotes(adviser, known, at))


def _quotes(adviser: Any, known: Any, at: datetime) -> dict[str, Any]:
    by, found = network.actor(adviser), {}
    scene.draft(adviser, known, at, "12.50")
    for name in ("open", "accepted", "refused", "cancelled"):
        found[name] = quotes.issue(quote_id=scene.draft(adviser, known, at, "149.90").id, by=by, at=at).id
    quotes.accept(quote_id=found["accepted"], by=by, at=at)
    quotes.refuse(quote_id=found["refused"], by=by, at=at)
    quotes.cancel(quote_id=found["cancelled"], reason=CancelReason.MISTAKE, by=by, at=at)
    return found


def states(page: Page, garage: SimpleNamespace) -> Iterator[str]:
    """Open the pages of a card in every state, as an adviser."""
    card = f"/clients/{garage.rich.id}/"
    for rest in (
        "",
        "accords/",
        "durees/",
        "meme-personne/",
        f"meme-personne/{garage.rich.alike}/",
        "reunions/",
        "limiter/",
    ):
        page.goto(f"{card}{rest}")
        for details in page.locator("main details").all():
            details.locator("summary").click()
        yield f"card {rest}"
    yield from _refused(page, card, garage.rich.car)
    page.goto(f"/vehicules/{garage.rich.car}/detenteur/")
    for text in ("moreau", "nobody at all"):
        page.fill("#other", text)
        page.press("#other", "Enter")
        page.wait_for_load_state()
        yield f"hand over to {text}"
    for name in ("open", "accepted", "refused", "cancelled"):
        page.goto(f"/devis/{getattr(garage.rich, name)}/")
        yield f"{name} quote"


def _refused(page: Page, card: str, car: Any) -> Iterator[str]:
    page.goto(card)
    page.get_by_text("Écrire une note").click()
    page.fill("#id_text", "x" * 301)
    page.get_by_role("button", name="Enregistrer la note").click()
    yield "note refused"
    page.goto(f"{card}corriger/")
    yield "correct"
    page.fill("#id_mobile", "12")
    page.fill("#id_postcode", "9")
    page.click("main form .btn-primary")
    yield "correction refused"
    for path in (f"{card}vehicules/", f"/vehicules/{car}/plaque/"):
        page.goto(path)
        yield path.replace(str(car), "").replace(card, "")
        page.fill("#id_plate", "GHO-482-KL-99")
        page.click("main form .btn-primary")
        yield f"refused at {path.replace(str(car), '').replace(card, '')}"


def restrictions(page: Page) -> Iterator[str]:
    """Open the list of restricted cards, before and after it is said that the person was told."""
    page.goto("/limitations/")
    yield "restricted cards"
    page.get_by_role("button", name="J’ai prévenu le client").first.click()
    yield "restriction announced"


def archive(page: Page, garage: SimpleNamespace) -> Iterator[str]:
    """Hold something of a customer's, wrongly first; list, look for and open what is archived, wrongly first; say who did."""
    page.goto(f"/clients/{garage.rich.id}/durees/")
    page.get_by_text("Conserver plus longtemps").click()
    yield "form of a hold"
    page.get_by_role("button", name="Conserver", exact=True).click()
    yield "hold refused"
    page.get_by_role("radio", name="facturation").check()
    for name in ("nom", "adresse postale"):
        page.get_by_role("checkbox", name=name, exact=True).check()
    page.fill("#id_legal_reference", "C. com., L123-22")
    page.fill("#id_until_date", "2030-12-31")
    page.get_by_role("button", name="Conserver", exact=True).click()
    yield "held"
    page.goto("/archive/")
    yield "archive"
    for text, state in (("Moreau", "no reference"), ("C-ZZZZZZZZ", "nobody's reference")):
        page.fill("#id_reference", text)
        page.press("#id_reference", "Enter")
        page.wait_for_load_state()
        yield f"archive of {state}"
    page.goto(f"/archive/{garage.rich.archived}/")
    yield "something archived"
    page.get_by_role("button", name="Ouvrir, et le noter").click()
    yield "opening refused"
    page.get_by_role("radio", name="garantie").check()
    page.fill("#id_explanation", "Réclamation R-2026-118")
    page.get_by_role("button", name="Ouvrir, et le noter").click()
    yield "something opened"
    page.goto("/archive/consultations/")
    yield "consultations"
