"""Marks in everything that one repairer has, and every form in which one of them could come out elsewhere."""

import base64
import html
import io
import json
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import UUID

import psycopg
import pypdf
from django.db import models
from psycopg import sql

from gardien.base import ids, scope, walls
from gardien.network import queries as network
from gardien.portal.embedded import SUPERUSER
from gardien.quotes import actions as quotes
from gardien.quotes.models import Quote
from tests import scene
from tests.conftest import CLUSTER
from tests.walls import past
from tests.walls.house import Garage

LONG, SHORT = "Kanarié 7&", "Kanarie7"
"""The mark, and the one for columns that are short."""
MARKS = ((LONG, 6), (SHORT, 6), (SHORT, 2), (SHORT, 0))
"""Each with how many signs of the row's id follow it, so that it is unique where it must be; the first that fits is put."""
TOO_SHORT = {"language", "country", "plate_country", "oe_mark", "reused_parts", "department", "period"}
CHECKED = {
    *("consent_decision.wording_sha256", "messaging_message.state", "messaging_message.refused_cause"),
    *("catalogue_service.extra", "quotes_quote.state", "quotes_quote.cancel_reason"),
}
"""Columns that a check of the database keeps to words of its own, so that no mark can be put."""


def texts(model: type[models.Model]) -> list[Any]:
    """Return the columns that can hold a text: those with a list of values left out."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [field for field in model._meta.local_fields if isinstance(field, kinds) and not field.choices]


def plant(garage: Garage) -> set[str]:
    """Put a mark into each text column of the garage's rows; return the columns that took none, as table.column."""
    columns = [(model, field) for model in walls.scoped_models() for field in texts(model)]
    with psycopg.connect(**CLUSTER.dsn(SUPERUSER, "gardien"), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        left = [each for each in columns if not _planted(superuser, *each, garage.tenant)]
    return {f"{model._meta.db_table}.{field.column}" for model, field in left}


def _planted(superuser: Any, model: Any, field: Any, tenant: UUID) -> bool:
    value = "to_jsonb(ARRAY[{}])" if isinstance(field, models.JSONField) else "{}"
    update = "UPDATE {t} SET {c} = " + value.format("%s || right(id::text, %s)") + " WHERE {s} = %s AND "
    names = {"t": sql.Identifier(model._meta.db_table), "c": sql.Identifier(field.column)}
    for condition, (mark, signs) in product(("true", "{c}::text <> ''"), MARKS):
        query = sql.SQL(update + condition).format(**names, s=sql.Identifier(model.scope_field))
        with suppress(psycopg.Error), superuser.transaction():
            if superuser.execute(query, [mark, signs, tenant]).rowcount:
                return True
    return False


def lived(garage: Garage, at: Any) -> Quote:
    """Let the garage write what is sealed: a draft of an intake, a quote on paper, which is returned, and its letter."""
    from gardien.customers import actions as customers

    held, told = garage.membership, {"last_name": LONG, "first_name": SHORT, "street": LONG, "company": LONG}
    by: dict[str, Any] = {"by": network.actor(held), "at": at}
    with scope.entered(garage.tenant):
        customer = scene.customer(held, at, "KX-777-AA", **told, email="kanarie7@courriel.example")
        draft = scene.draft(held, customer, at, "77.77")
        quotes.issue(quote_id=draft.id, **by)
        quotes.send(quote_id=draft.id, address_of="https://portail.example/{}".format, **by)
        customers.save_intake_draft(reading_id=scene.heard(held, at).id, typed={"last_name": LONG}, **by)
        customers.write_note(customer_id=customer.id, text=LONG, note_key=ids.new(), **by)
        past.archived(**by, name=LONG)
    return draft


@cache
def patterns() -> dict[bytes, str]:
    """Return the bytes by which a mark is recognised, each with the form it has."""
    found: dict[bytes, str] = {}
    for mark in (LONG, SHORT):
        spelt = {"plain": mark, "upper": mark.upper(), "lower": mark.lower(), "html": html.escape(mark)}
        spelt |= {"url": quote(mark, safe=""), "form": quote_plus(mark), "json": json.dumps(mark)[1:-1]}
        found |= {value.encode(): name for name, value in reversed(spelt.items())}
        for turn in range(3):
            whole = base64.b64encode(b"\0" * turn + mark.encode())
            begin, end = (0, 2, 3)[turn], -4 if len(whole) % 4 == 0 and whole.endswith(b"=") else None
            found[whole[begin:end].rstrip(b"=")] = "base64"
    return found


def seen(content: bytes) -> set[str]:
    """Return the forms in which a mark stands in this, the text of a PDF included."""
    found = {name for pattern, name in patterns().items() if pattern in content}
    if is_paper(content):
        found |= {f"pdf, {name}" for name in seen(paper(content).encode())}
    return found


def is_paper(content: bytes) -> bool:
    """Say whether this is a whole PDF; what stands for one in the tests of letters is none."""
    return content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")


def text_of(content: bytes) -> str:
    """Return what can be read in this: a PDF's text, or the bytes as text."""
    return paper(content) if is_paper(content) else content.decode("utf-8", "ignore")


@cache
def paper(content: bytes) -> str:
    """Return the text of a PDF, and the addresses that it links to."""
    read = pypdf.PdfReader(io.BytesIO(content))
    links = [str(each.get_object().get("/A", "")) for page in read.pages for each in page.get("/Annots") or ()]
    return "\n".join([*(page.extract_text() for page in read.pages), *links])
