"""`gardien demo`: the cast, the committed price list, one quote, then the portal itself."""

import argparse
import json
import os
import secrets
import sys
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from gardien.base import clock, ids, scope
from gardien.base.actor import Actor
from gardien.catalogue import actions as catalogue_writes
from gardien.catalogue import queries as catalogue
from gardien.catalogue.demo import PRICE_LIST
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent.models import Reading
from gardien.customers import actions as customers
from gardien.customers import rules
from gardien.customers.models import Customer
from gardien.network import queries as network
from gardien.network.models import Membership
from gardien.portal import cast, stack, startup
from gardien.portal.commands import serve
from gardien.portal.config import Config
from gardien.quotes import actions as quotes
from gardien.quotes import queries
from gardien.quotes.models import Quote
from gardien.quotes.queries import paper


def run(options: argparse.Namespace, config: Config) -> int:
    """Set everything up, print the PDF's path and the logins, and serve until Ctrl-C.

    With ONCE set it ends after the PDF. A second run finds the first one's data and adds one quote.
    """
    if not os.environ.get("ONCE"):
        stack.refuse_taken_port(options.port)
    _say("Tables and walls")
    stack.migrate()
    startup.refuse()
    folder = config.home / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    at = clock.now()
    _say("The cast and its price list")
    logins, password = _cast(folder, at)
    _say("One quote at the counter")
    print(f"PDF {_quote(folder, at)}", flush=True)
    if os.environ.get("ONCE"):
        return 0
    _print_logins(logins, password)
    with stack.running(stack.web_arguments(options.port), stack.worker_arguments()):
        serve.until_the_end(options.port)
    return 0


def _say(step: str) -> None:
    """Show how far the command is, apart from its answer."""
    print(f"… {step}", file=sys.stderr, flush=True)


def _cast(folder: Path, at: datetime) -> tuple[list[dict[str, str]], str]:
    """Load the cast and the price list once; keep the logins beside the data, readable by their owner only."""
    file = folder / "logins.json"
    if cast.is_loaded() and file.exists():
        kept = json.loads(file.read_text())
        return kept["logins"], kept["password"]
    password = "-".join("".join(secrets.choice(ids.ALPHABET) for _ in range(4)) for _ in range(4))
    logins = [asdict(login) for login in cast.load(password=password, at=at)]
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as private:
        json.dump({"password": password, "logins": logins}, private)
    price_list(at)
    return logins, password


def price_list(at: datetime) -> None:
    """Import the committed price list."""
    file = PRICE_LIST
    by = Actor.program("demo")
    catalogue_writes.import_tyres(
        raw=file.read_bytes(), file_name=file.name, supplier=file.stem, currency="EUR", by=by, at=at
    )


def _quote(folder: Path, at: datetime) -> Path:
    """Receive a customer at the first garage's counter, issue a quote, and return the path of its PDF."""
    membership = Membership.objects.filter(role="counter_adviser", site__isnull=False).order_by("from_at", "id")[0]
    with scope.entered(network.controller(membership)):
        quote = issued(membership, at)
        content = queries.pdf(queries.document(quote.id))
    path = folder / f"{quote.number}.pdf"
    path.write_bytes(content)
    return path


def heard(membership: Membership, at: datetime) -> Reading:
    """Read the wording to somebody at the counter; call inside the scope of `membership`."""
    by, site = network.actor(membership), network.site_of(membership)
    version = commitment.in_force(clock.legal_day(at))
    wording = documents.reading(version, paper.controller(site.repairer), "fr")
    return consent.record_reading(wording=wording, by=by, at=at)


def _customer(membership: Membership, at: datetime) -> Customer:
    by = network.actor(membership)
    details = customers.Details(
        last_name="Moreau",
        first_name="Élodie",
        street="7 impasse des Lilas",
        postcode="99100",
        city="Vauclair",
        email="elodie.moreau@courriel.example",
        mobile=rules.parse_phone("06 39 98 12 34"),
    )
    vehicle = customers.VehicleDetails(rules.parse_plate("GH-482-KL"), "Sarvane", "Altis")
    return customers.record(details=details, vehicle=vehicle, reading=heard(membership, at), by=by, at=at)


def drafted(membership: Membership, at: datetime) -> Quote:
    """Receive a customer, and leave their quote a draft; call inside the scope of `membership`."""
    by, customer = network.actor(membership), _customer(membership, at)
    draft = quotes.draft(
        customer=customer,
        vehicle=customer.vehicles.first(),
        site=network.site_of(membership),
        draft_key=ids.new(),
        by=by,
        at=at,
    )
    quotes.tell_mileage(quote_id=draft.id, mileage=48_200, by=by, at=at)
    article = catalogue.search("205/55R16")[0]
    tyre = quotes.Offer(catalogue.label(article), Decimal(4), article.price, Decimal(20))
    quotes.add_tyre(quote_id=draft.id, article=article, offer=tyre, line_key=ids.new(), by=by, at=at)
    for label, price in (("Montage, équilibrage, valve neuve", "22.00"), ("Éco-contribution pneu", "1.50")):
        offer = quotes.Offer(label, Decimal(4), Decimal(price), Decimal(20))
        quotes.add_service(quote_id=draft.id, offer=offer, line_key=ids.new(), by=by, at=at)
    return draft


def issued(membership: Membership, at: datetime) -> Quote:
    """Receive a customer and issue their quote; call inside the scope of `membership`."""
    return quotes.issue(quote_id=drafted(membership, at).id, by=network.actor(membership), at=at)


def _print_logins(logins: list[dict[str, str]], password: str) -> None:
    width = max(len(login["email"]) for login in logins)
    for login in logins:
        code = f", TOTP {login['secret']}" if login["secret"] else ""
        print(f"  {login['email']:<{width}}  {login['role']}, {login['where']}{code}")
    print(f"Password of all of them: {password}", flush=True)
