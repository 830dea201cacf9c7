"""`gardien access matrix`: every address, method and persona, and the answer."""

import argparse
import json
import secrets
import sys
from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from gardien.base import clock, ids, links, scope
from gardien.catalogue import queries as catalogue
from gardien.customers import actions as customers
from gardien.network import queries as network
from gardien.network.models import Membership
from gardien.portal import cast, matrix, stack, startup
from gardien.portal.commands import demo
from gardien.portal.config import Config
from gardien.quotes import queries
from gardien.standing import actions as standing
from gardien.standing.rules import Ground

DATABASE = "gardien_matrix"
"""Made for the question and thrown away after it."""


def run(options: argparse.Namespace, config: Config) -> int:
    """Print the cells, `--json` as `[{url, method, persona, answer}]`; status 1 where an address is nobody's affair."""
    try:
        stack.migrate()
        startup.refuse()
        at, password = clock.now(), secrets.token_urlsafe(24)
        cast.load(password=password, at=at)
        sessions = matrix.personas(password, at)
        asked = {options.persona: sessions[options.persona]} if options.persona in sessions else sessions
        cells = list(matrix.cells(asked, values(at)))
    finally:
        stack.cluster(config).drop(DATABASE)
    if options.json:
        print(json.dumps([asdict(cell) for cell in cells], indent=0))
    else:
        for (url, answer), count in sorted(Counter((cell.url, cell.answer) for cell in cells).items()):
            print(f"{answer}  × {count:<4} {url}")
    unlisted = matrix.unlisted()
    for url in unlisted:
        print(f"No action and not for everybody: {url}", file=sys.stderr)
    return 1 if unlisted else 0


def values(at: datetime) -> dict[str, Any]:
    """Record a customer at the first garage, a draft and an issued quote, and return what addresses take of them."""
    demo.price_list(at)
    adviser = Membership.objects.filter(role="counter_adviser", site__isnull=False).order_by("from_at", "id")[0]
    with scope.entered(network.controller(adviser)):
        issued, draft = demo.issued(adviser, at), demo.drafted(adviser, at)
        by: dict[str, Any] = {"by": network.actor(adviser), "at": at}
        note = customers.write_note(customer_id=draft.customer_id, text="demo", note_key=ids.new(), **by)
        twins = [demo.drafted(adviser, at).customer_id for _ in range(2)]
        merge = customers.merge(kept_id=twins[0], absorbed_id=twins[1], **by)
        until_date = clock.legal_day(at)
        why: dict[str, Any] = {"ground": Ground.WARRANTY, "legal_reference": "demo", "until_date": until_date}
        hold = standing.hold(subject=draft.customer.reference, category="derived:quote", **why, **by)
        document = queries.document(issued.id)
        until = at + timedelta(hours=1)
        link = links.Link(queries.ANSWER, scope.current(), issued.id, document.sha256, until)
        known = {
            "quote_id": draft.id,
            "line_id": queries.lines(draft)[0].id,
            "customer_id": draft.customer_id,
            "other_id": issued.customer_id,
            "vehicle_id": draft.vehicle_id,
            "reading_id": demo.heard(adviser, at).id,
            "note_id": note.id,
            "merge_id": merge.id,
            "hold_id": hold.id,
            "pdf.quote_id": issued.id,
            "token": links.token(link),
        }
    found = catalogue.price_lists()[0]
    waiting = catalogue.quarantine(found)[0]
    versions = {"version_id": "2020-01-25", "older": "2020-01-25", "newer": "2026-11-22"}
    return {**known, **versions, "code": "TILLEUL", "price_list_id": found.id, "waiting_id": waiting.id}
