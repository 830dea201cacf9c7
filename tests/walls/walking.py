"""Somebody who walks the portal as chance has it: follows what pages link to, fills in and sends what pages ask for.

Nothing here knows a page: pages and their methods come from the resolver, and how to ask for them from the pages seen so
far, so that a new page is walked too, or counts as not reached.
"""

import random
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from gardien.portal import matrix

Pair = tuple[str, str]
"""A method and the pattern of an address."""
ENDING = {"/compte/deconnexion/", "/support/sortie/"}
"""Pages that end what a session is."""
KEPT = 6
"""How many ways to ask for one page are remembered, the latest ones."""


@dataclass
class Form:
    """A form as a page shows it: where it goes, by which method, and (name, kind, values) of what it takes."""

    action: str
    method: str = "GET"
    fields: list[tuple[str, str, list[str]]] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads a page: `links`, and `forms` with what htmx would send of them."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._address, self._options = address, [""]
        self._form = Form(address)
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.links += [urljoin(self._address, told[name]) for name in ("href", "hx-get") if name in told]
        if tag == "form":
            self._form = Form(urljoin(self._address, told.get("action", "")), told.get("method", "get").upper())
            self.forms.append(self._form)
        elif "hx-post" in told:
            self.forms.append(Form(urljoin(self._address, told["hx-post"]), "POST", self._form.fields))
        elif tag == "option":
            self._options.append(told.get("value", ""))
        elif told.get("name") and tag in {"input", "select", "textarea", "button"}:
            kind = told.get("type", "text") if tag == "input" else tag
            values = [told.get("value", "on" if kind == "checkbox" else "")]
            self._options = values
            self._form.fields.append((told["name"], kind, values))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = Form(self._address)


def pairs() -> Iterator[Pair]:
    """Yield every page by every method that it takes; what is for everybody does not say, and is asked by both."""
    for route in matrix.routes():
        for method in getattr(route.pattern.callback, "gardien_methods", ("GET", "POST")):
            yield method, route.url


class Walker:
    """One persona's walk, the same for the same seed; `answers` counts statuses by page, `reached` those it got to."""

    def __init__(self, name: str, enter: Callable[[], Client], typed: dict[str, tuple[str, ...]], seed: int) -> None:
        self.name, self._enter, self._typed = name, enter, typed
        self.client = enter()
        self.chance = random.Random(f"{seed} {name}")
        self.known: dict[Pair, deque[tuple[str, str]]] = defaultdict(lambda: deque(maxlen=KEPT))
        self.answers: dict[Pair, Counter[int]] = defaultdict(Counter)
        self.reached: set[Pair] = set()

    def asked_for(self, ways: Iterable[dict[str, Any]]) -> Iterator[tuple[Pair, Any]]:
        """Ask for every page by every method, in the order of chance, its places filled in each of these ways."""
        routes = {route.url: route for route in matrix.routes()}
        all_pairs = sorted(pairs())
        self.chance.shuffle(all_pairs)
        for (method, url), values in ((pair, values) for pair in all_pairs for values in ways):
            yield self._ask(method, matrix.address_of(routes[url], values), "")

    def tried(self, ways: Iterable[dict[str, Any]], form: dict[str, Any]) -> Iterator[tuple[Pair, Any]]:
        """Ask as `asked_for`, with a form that holds every field at once, and undo what each does."""
        routes = {route.url: route for route in matrix.routes()}
        for (method, url), values in ((pair, values) for pair in sorted(pairs()) for values in ways):
            if (method, url) not in self.reached:
                held, session = self.client, self.client.cookies["session"].value
                with transaction.atomic():
                    asked = self._ask(method, matrix.address_of(routes[url], values), urlencode(form))
                    transaction.set_rollback(True)
                self.client, held.cookies["session"] = held, session
                yield asked

    def steps(self, number: int) -> Iterator[tuple[Pair, Any]]:
        """Walk on from what was seen, two times in three to where the walk has not been yet."""
        for _ in range(number):
            known = sorted(pair for pair, ways in self.known.items() if ways)
            new = [pair for pair in known if pair not in self.reached]
            pair = self.chance.choice(new if new and self.chance.random() < 0.66 else known)
            way = self.chance.choice(self.known[pair])
            asked = self._ask(pair[0], *way)
            if asked[1].status_code >= 400 and way in self.known[pair]:
                self.known[pair].remove(way)
            yield asked

    def visits(self, addresses: Iterable[str]) -> Iterator[tuple[Pair, Any]]:
        """Look at these pages, and so learn their forms."""
        for address in addresses:
            yield self._ask("GET", address, "")

    def come_back(self) -> None:
        """Sign in anew."""
        self.client = self._enter()

    def learn(self, links: Iterable[str], forms: Iterable[Form] = ()) -> None:
        """Remember how pages can be asked for."""
        for link in links:
            self._remember("GET", link, "")
        for form in forms:
            if urlsplit(form.action).path != "/compte/deconnexion/" or self.chance.random() < 0.02:
                self._remember(form.method, form.action, urlencode(self._filled(form)))

    def _remember(self, method: str, address: str, body: str) -> None:
        parts = urlsplit(address)
        try:
            url = f"/{resolve(parts.path).route}"
        except Resolver404:
            return
        query = body if method == "GET" else ""
        self.known[method, url].append((f"{parts.path}?{query or parts.query}".rstrip("?"), "" if query else body))

    def _ask(self, method: str, address: str, body: str) -> tuple[Pair, Any]:
        answer = self.client.generic(method, address, body, "application/x-www-form-urlencoded")
        pair = method, f"/{resolve(urlsplit(address).path).route}"
        self.answers[pair][answer.status_code] += 1
        location = answer.headers.get("Location", "")
        is_out = location.startswith("/compte/connexion/?next=")
        if answer.status_code in {200, 204, 302} and not is_out:
            self.reached.add(pair)
        if location:
            self.learn([urljoin(address, location)])
        if answer.status_code in {200, 422} and answer.headers.get("Content-Type", "").startswith("text/html"):
            page = Reader(address, answer.text)
            self.learn(page.links, page.forms)
        if is_out or pair[1] in ENDING:
            self.client = self._enter()
        return pair, answer

    def _filled(self, form: Form) -> list[tuple[str, str]]:
        """Fill a form in as chance has it: one button, one of each group of radios, something in every field."""
        named: dict[str, tuple[str, list[str]]] = {}
        for name, kind, values in form.fields:
            group = "" if kind == "button" else name
            held = named.setdefault(group, (kind, []))[1]
            held += [f"{name}={value}" for value in values if value or kind not in {"select", "radio"}]
        return [pair for name, (kind, values) in named.items() for pair in self._filled_in(name, kind, values)]

    def _filled_in(self, name: str, kind: str, values: list[str]) -> list[tuple[str, str]]:
        if not values or (kind == "checkbox" and name not in self._typed and self.chance.random() < 0.3):
            return []
        told, _, value = self.chance.choice(values).partition("=")
        typed = self._typed.get(told.rpartition("-")[2], ("Essai",))
        is_typed = kind not in {"hidden", "button", "select", "radio", "checkbox"}
        is_known = told.rpartition("-")[2] in self._typed
        if is_typed and not (value and (not is_known or self.chance.random() < 0.5)):
            value = self.chance.choice(typed).format(number=self.chance.randrange(100, 1000))
        return [(told, value)]
