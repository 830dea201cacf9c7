"""A quote with offers to choose from, the link that its person gets, and what the tables hold of the answer."""

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from gardien.base import ids, links, scope
from gardien.network import queries as network
from gardien.quotes import actions, queries
from gardien.quotes.models import Quote, QuoteDocument
from tests import scene
from tests.conftest import as_role

PRICES = ("64.90", "79.90", "99.99")


@dataclass
class Offered:
    """A quote as its person gets it; `token` is of the link of its letter."""

    membership: Any
    quote: Quote
    document: QuoteDocument
    at: datetime

    @property
    def controller(self) -> UUID:
        """The repairer."""
        found: UUID = network.controller(self.membership)
        return found

    def token(self, **other: Any) -> str:
        """Return the link's token, or that of a link that differs in what is told."""
        last = self.at + timedelta(days=1)
        told = {"purpose": queries.ANSWER, "controller": self.controller, "object_id": self.quote.id}
        return links.token(links.Link(**{**told, "sha256": self.document.sha256, "expires_at": last, **other}))

    def address(self, rest: str = "", **other: Any) -> str:
        """Return the page's address, or that of what its buttons do."""
        return f"/devis-recu/{self.token(**other)}/{rest}"

    def pdf(self) -> bytes:
        """Return the bytes that were frozen."""
        with scope.entered(self.controller):
            return queries.pdf(self.document)

    def do(self, act: Any, **told: Any) -> Any:
        """Run an action of the counter on the quote."""
        with scope.entered(self.controller):
            return act(quote_id=self.quote.id, by=network.actor(self.membership), at=self.at, **told)

    def stands(self) -> tuple[str, int | None, str]:
        """Return state, chosen offer and reason of a refusal as the database has them."""
        with scope.entered(self.controller):
            found = queries.by_id(self.quote.id)
        return found.state, found.chosen_option, found.refusal_reason


def issue(membership: Any, at: datetime, *prices: str, **details: Any) -> Offered:
    """Issue a quote: an offer per price where there are several, and the fitting that all have."""
    by = network.actor(membership)
    with scope.entered(network.controller(membership)):
        opened = scene.draft(membership, scene.customer(membership, at, "KW-101-AA", **details), at, "14.00")
        for option, price in enumerate(prices, 1):
            offer = actions.Offer(f"Pneu {option}", Decimal(4), Decimal(price), Decimal(20), option=option)
            actions.add_service(quote_id=opened.id, offer=offer, line_key=ids.new(), by=by, at=at)
        quote = actions.issue(quote_id=opened.id, by=by, at=at)
        return Offered(membership, quote, queries.document(quote.id), at)


def rows() -> dict[str, str]:
    """Return a digest of every table's rows, sessions included, read past every wall."""
    digest = "SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM \"{}\" t"
    with as_role("backup") as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = {name: connection.execute(digest.format(name)).fetchone() for (name,) in tables}
    return {name: row[0] if row else "" for name, row in found.items()}


def main(page: str) -> str:
    """Return the words of a page's main part."""
    inner = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inner)).split())
