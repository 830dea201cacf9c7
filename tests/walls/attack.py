"""What an attacker does: walks all pages, papers and letters as one, keeps every id, and asks for it as another."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.test import Client

from gardien.base import scope
from gardien.messaging import queries as outbox
from gardien.messaging.models import Message
from gardien.portal import matrix
from tests.messaging import post
from tests.walls import canaries
from tests.walls.house import ABSENT, Garage
from tests.walls.walking import Reader

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
REFERENCE = re.compile(r"\b[CU]-[0-9A-HJKMNP-TV-Z]{8}\b|\bD-[A-Z]+-\d{4}-\d{6}\b")
SIGNED = re.compile(r"/devis-recu/([\w-]{146})/")
_LINK = re.compile(r'(?:href|action|hx-get|hx-post)="(/[^"#?]*)')
TOKEN = re.compile(r"\b\w{64}\b|filled_by\" value=\"[^\"]+|nonce-\S+")
OWN_KEYS = {"draft_key", "line_key", "note_key", "carried"}
"""Fields that a form makes up itself: any value is as good as another, and opens nothing (test_pages)."""


def crawl(client: Client, starts: list[str]) -> dict[str, str]:
    """Follow every link from these pages; return each page's text by address."""
    seen, waiting = {}, [*starts]
    while waiting:
        address = waiting.pop()
        if address in seen or "deconnexion" in address or "/static/" in address or "/engagement/" in address:
            continue
        answer = client.get(address)
        kind = answer.headers.get("Content-Type", "").partition(";")[0] if answer.status_code == 200 else ""
        readers: dict[str, Callable[[Any], str]] = {"text/html": lambda page: page.text, "application/pdf": _paper}
        seen[address] = readers[kind](answer) if kind in readers else ""
        waiting += _LINK.findall(seen[address])
    return seen


def _paper(answer: Any) -> str:
    return canaries.paper(answer.content)


def letters(controller: UUID) -> list[str]:
    """Return the text of each letter of a controller's outbox, and of the papers that it brings."""
    with scope.entered(controller):
        raw = [outbox.opened(each.letter, each.id, "letter") for each in Message.objects.order_by("prepared_at", "id")]
    return [canaries.text_of(part) for letter in raw for part in post.parts(letter)[1:]]


def references(texts: Iterable[str]) -> set[str]:
    """Return the references and numbers that these texts name: of customers, of users, of quotes."""
    return {found for text in texts for found in REFERENCE.findall(text)}


def tokens(texts: Iterable[str]) -> set[str]:
    """Return the tokens of the signed links in these texts."""
    return {found for text in texts for found in SIGNED.findall(text)}


def starts(garage: Garage) -> list[str]:
    """Return every address of the portal whose places this garage's ids can fill, and its lists."""
    known = {f"{name}_id": value for name, value in garage.ids.items()}
    known |= {"quote_id": garage.ids["draft"], "other_id": garage.ids["customer"]}
    issued = f"/devis/{garage.ids['issued']}/"
    return ["/", issued, f"{issued}pdf/", *(matrix.address_of(route, known) for route in matrix.routes())]


def objects(pages: dict[str, str]) -> set[str]:
    """Return the addresses among these, linked or crawled, that hold an id."""
    linked = {link for text in pages.values() for link in _LINK.findall(text)}
    return {address for address in {*pages, *linked} if ID.search(address)}


def said(client: Client, method: str, address: str, body: str = "") -> tuple[Any, ...]:
    """Return what an attacker can compare of an answer."""
    answer = client.generic(method, address, body, "application/x-www-form-urlencoded")
    headers = {
        name: value for name, value in answer.headers.items() if name not in {"Date", "Expires", "Content-Length"}
    }
    return answer.status_code, TOKEN.sub("", answer.content.decode("latin-1")), headers


def obtained(client: Client, addresses: set[str], methods: tuple[str, ...] = METHODS) -> list[str]:
    """Ask for each address as another; return those that answer otherwise than an absent object, or answer at all."""
    found = []
    for address in sorted(addresses):
        nothing = ID.sub(str(ABSENT), address)
        for method in methods:
            theirs, absent = said(client, method, address), said(client, method, nothing)
            location = theirs[2].pop("Location", ""), absent[2].pop("Location", "")
            is_same = theirs == absent and ID.sub("", location[0]) == ID.sub("", location[1])
            if not is_same or theirs[0] == 200:
                found.append(f"{method} {address}: {theirs[0]}, absent {absent[0]}")
    return found


def forms(pages: dict[str, str]) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield each form of these pages once for each of its fields that holds an id: address, fields, the field."""
    known = set()
    for form in (form for address, text in pages.items() for form in Reader(address, text).forms):
        fields = {name: next((each for each in values if each), "") for name, _, values in form.fields}
        held = {name for name, _, values in form.fields if any(map(ID.fullmatch, values))} - OWN_KEYS
        for name in sorted(held) if form.method == "POST" else ():
            key = (ID.sub("", form.action), name)
            if key not in known:
                known.add(key)
                yield form.action, fields, name
