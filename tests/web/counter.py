"""The counter over HTTP, as a browser fills it, and what the tables hold before and after."""

import re
import uuid
from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from gardien.base import clock
from tests.conftest import as_role

ADVISER = "counter.adviser@tilleul.example"
FORM = "application/x-www-form-urlencoded"
COMINGS_AND_GOINGS = {"django_session", "django_migrations"}

TOKEN = re.compile(r"\b\w{64}\b")
"""What guards a form, different each time."""

_ERROR = re.compile(
    r'<div class="invalid-feedback d-block"[^>]*>(.*?)</div>|<li>(?:<a [^>]*>[^<]*</a>&nbsp;: )?([^<]+)</li>|<p class="lead">(.*?)</p>',
    re.DOTALL,
)
_ENGLISH = re.compile(
    r"\b(?:the|this|these|your|you|with|it|is|was|are|and|of|to|cannot|file|ensure|enter|value)\b", re.IGNORECASE
)


def encoded(fields: Mapping[str, str]) -> str:
    """Return a form's body as browsers write it, percent-encoded; half a surrogate pair goes as its three bytes."""
    return urlencode(fields, errors="surrogatepass")


def post(client: Client, path: str, fields: Mapping[str, str]) -> Any:
    """Send a form as browsers do."""
    return client.post(path, encoded(fields), content_type=FORM)


def heard(client: Client) -> str:
    """Read the wording to somebody; return the address of their form."""
    return client.post("/clients/nouveau/").headers["Location"]


def customer(client: Client, **told: str) -> str:
    """Record a customer with a vehicle; return the address of their card."""
    typed = {"last_name": "Moreau", "plate": "GH-482-KL", "plate_country": "FR", **told}
    return post(client, heard(client), typed).headers["Location"]


def draft(client: Client, card: str = "") -> str:
    """Open a draft for the customer of `card`, or for a new one; return its address."""
    page = client.get(card or customer(client)).text
    ids = dict(re.findall(r'name="(customer|vehicle|draft_key)" value="([^"]+)"', page))
    return post(client, "/devis/nouveau/", ids).headers["Location"]


def service(label: str, quantity: str = "1", unit_price: str = "10", vat_rate: str = "20.00") -> dict[str, str]:
    """Fill the form of a service line."""
    told = {"label": label, "quantity": quantity, "unit_price": unit_price, "vat_rate": vat_rate}
    return {f"service-{name}": value for name, value in {**told, "line_key": str(uuid.uuid4())}.items()}


def rows() -> dict[str, int]:
    """Count the rows of every table but sessions, whoever they belong to."""
    with as_role("backup") as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = sorted({name for (name,) in tables} - COMINGS_AND_GOINGS)
        counts = ", ".join(f'(SELECT count(*) FROM "{name}")' for name in names)
        found = connection.execute(f"SELECT {counts}").fetchone()
    return dict(zip(names, found or (), strict=True))


def sentences(page: str) -> list[str]:
    """Return what a page says about a refusal: errors of fields, of the form, or of the whole request."""
    found = (unescape(" ".join("".join(parts).split())) for parts in _ERROR.findall(page))
    return [sentence for sentence in found if sentence]


def is_french(sentence: str) -> bool:
    """Tell French from a sentence left in English; for sentences that quote nothing."""
    return bool(sentence) and not _ENGLISH.search(sentence)


def today() -> date:
    """Return the day in Paris, which says the version in force."""
    return clock.legal_day(clock.now())
