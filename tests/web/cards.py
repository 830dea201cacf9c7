"""An adviser beside a customer's card, over HTTP: what is done from it and what it then says."""

import re
import uuid
from html import unescape
from typing import Any

from django.test import Client

from gardien.base import scope
from gardien.customers import rules
from gardien.network import queries as network
from tests import scene
from tests.web import counter

MOBILE, LANDLINE = "06 39 98 12 34", "01 99 00 45 67"
TOLD = {
    "email": "elodie.moreau@courriel.example",
    "delivery": "Appartement 12",
    "street": "7 impasse des Lilas",
    "postcode": "99100",
    "city": "Vauclair",
}
PHONES = {"mobile": rules.parse_phone(MOBILE), "phone": rules.parse_phone(LANDLINE)}
_ALERT = re.compile(r'<p class="alert[^>]*>(.*?)</p>', re.DOTALL)


class Desk:
    """An adviser signed in beside the card of `customer`, who told all there is to tell."""

    def __init__(self, client: Client, membership: Any, at: Any) -> None:
        self.client, self.membership, self.at = client, membership, at
        with self.scope():
            self.customer = scene.customer(membership, at, **TOLD, **PHONES)
            self.vehicle = self.customer.vehicles.get()
        self.card = f"/clients/{self.customer.id}/"
        self.car = f"/vehicules/{self.vehicle.id}/"

    def scope(self) -> Any:
        """Enter the repairer's scope."""
        return scope.entered(network.controller(self.membership))

    def other(self, plate: str = "AB-123-CD", **told: Any) -> Any:
        """Record another customer of the same repairer."""
        with self.scope():
            return scene.customer(
                self.membership, self.at, plate, **{"last_name": "Petit", "first_name": "Paul", **told}
            )

    def page(self, rest: str = "", card: str = "") -> str:
        """Return a page of the card as people read it."""
        answer = self.client.get(f"{card or self.card}{rest}", follow=True)
        assert answer.status_code == 200
        return plain(answer.text)

    def post(self, path: str, **fields: str) -> Any:
        """Send a form."""
        return counter.post(self.client, path, fields)

    def said(self, path: str, **fields: str) -> list[str]:
        """Send a form, and return what the next page says of it."""
        answer = self.post(path, **fields)
        shown = self.client.get(answer.headers["Location"], follow=True) if answer.status_code == 302 else answer
        return [plain(part).strip() for part in _ALERT.findall(shown.text)]

    def seen(self) -> str:
        """Return what the form of corrections says it shows."""
        found = re.search(r'name="seen" value="([^"]+)"', self.client.get(f"{self.card}corriger/").text)
        assert found
        return found[1]

    def typed(self, **changed: str) -> dict[str, str]:
        """Fill the form of corrections as it is shown, with some fields changed."""
        shown = {"kind": "person", "last_name": "Moreau", "first_name": "Élodie", "country": "FR", **TOLD}
        return {**shown, "mobile": MOBILE, "phone": LANDLINE, **changed}

    def note(self, text: str, key: str = "") -> Any:
        """Write a note."""
        return self.post(f"{self.card}notes/", text=text, note_key=key or str(uuid.uuid4()))


def plain(html: str) -> str:
    """Return the words of a page, blanks as one."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def buttons(page: str, name: str) -> list[str]:
    """Return the values of a page's buttons of this name."""
    return re.findall(rf'name="{name}" value="([^"]+)"', page)
