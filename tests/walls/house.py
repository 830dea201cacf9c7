"""Two repairers with one identical customer each, seen from outside the portal in plain SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from django.test import override_settings
from psycopg import sql

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.consent.models import Decision
from gardien.messaging.rules import Folder
from gardien.network import queries as network
from gardien.network.models import Membership
from gardien.quotes import actions as quotes
from gardien.quotes import queries
from gardien.quotes.models import Quote
from gardien.standing.models import Hold
from tests import scene
from tests.conftest import HOME, PASSWORD, as_role
from tests.messaging import post
from tests.walls import past

ABSENT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
"""An id that no row bears."""

TOLD = {
    "last_name": "L'Hôte-Ben Saïd",
    "first_name": "Zoë",
    "company": "Œuvres & Fils",
    "street": "7 impasse des Lilas",
    "postcode": "99100",
    "city": "Vauclair",
    "email": "zoe.lhote@courriel.example",
}
PERSONAL = {value for name, value in TOLD.items() if name not in {"postcode", "city"}}
"""What is nobody else's: the first garage is in the same town."""
PLATE, MOBILE, PHONE = "GH-482-KL", "06 39 98 12 34", "01 99 00 12 34"


@dataclass
class Garage:
    """One repairer: its adviser's membership, and all ids that a page or a form could carry."""

    membership: Membership
    reference: str
    number: str
    ids: dict[str, UUID]

    @property
    def tenant(self) -> UUID:
        return network.controller(self.membership)

    @property
    def email(self) -> str:
        return self.membership.user.email


@dataclass
class House:
    """Both garages, a third one that has nothing, and the two central parties."""

    at: datetime
    tilleul: Garage
    canal: Garage
    third: UUID
    central: dict[str, UUID]
    articles: list[UUID] = field(default_factory=list)


def build(at: datetime) -> House:
    """Commit the cast, the price list, and the same customer, draft and issued quote at two repairers."""
    from gardien.catalogue.models import Article
    from gardien.network.models import CentralParty
    from gardien.portal import cast

    cast.load(password=PASSWORD, at=at)
    scene.price_list(at)
    return House(
        at=at,
        tilleul=_garage("counter.adviser@tilleul.example", at),
        canal=_garage("counter.adviser@canal.example", at),
        third=_bare(at),
        central={party.kind: party.id for party in CentralParty.objects.all()},
        articles=list(Article.objects.order_by("id").values_list("id", flat=True)),
    )


def _bare(at: datetime) -> UUID:
    """Open a repairer that has no site, no tariff and no journal, and return its id."""
    from gardien.base.actor import Actor
    from gardien.network import actions

    identity = actions.Identity("Garage du Lac", "000000018", "SARL", Decimal(8000), "Orval")
    place = actions.Place("1 quai du Lac", "99200", "Orval", "accueil@lac.example", "+33199001299")
    return actions.open_repairer(code="LAC", identity=identity, place=place, by=Actor.program("scene"), at=at).id


def _garage(email: str, at: datetime) -> Garage:
    from gardien.customers import rules

    chosen = Membership.objects.select_related("site__repairer", "user").get(user__email=email)
    with scope.entered(network.controller(chosen)):
        phones = {"mobile": rules.parse_phone(MOBILE), "phone": rules.parse_phone(PHONE)}
        told = scene.customer(chosen, at, plate=PLATE, **TOLD, **phones)
        scene.stood(told.reference, network.actor(chosen), at)
        _card(chosen, told, at)
        _watched(chosen, told, at)
        archived = past.left(network.actor(chosen), at)
        draft = scene.draft(chosen, told, at, "99.99", "12.50")
        opened = scene.draft(chosen, told, at, "99.99")
        scene.options(opened, network.actor(chosen), at)
        issued = quotes.issue(quote_id=opened.id, by=network.actor(chosen), at=at)
        _sent(issued, network.actor(chosen), at)
        quotes.revise(quote_id=issued.id, draft_key=ids.new(), by=network.actor(chosen), at=at)
        known = {
            "customer": told.id,
            "vehicle": told.vehicles.get().id,
            "reading": told.reading_id,
            "draft": draft.id,
            "draft_key": draft.draft_key,
            "line": queries.lines(draft)[0].id,
            "line_key": queries.lines(draft)[0].line_key,
            "issued": issued.id,
            "issued_line": queries.lines(issued)[0].id,
            "document": queries.document(issued.id).id,
            "message": _written(told.reference, issued.id, at),
            "hold": Hold.objects.get(subject=told.reference).id,
            "decision": Decision.objects.get(subject=told.reference).id,
            "archived": archived,
            **_prices(chosen, at),
            "site": chosen.site_id,
            "repairer": network.controller(chosen),
            "membership": chosen.id,
            "user": chosen.user_id,
        }
    assert issued.number
    return Garage(chosen, told.reference, issued.number, known)


def _sent(issued: Quote, by: Actor, at: datetime) -> None:
    with override_settings(GARDIEN_MAIL=Folder(HOME / "outbox"), GARDIEN_MAIL_FROM=post.FROM):
        quotes.send(quote_id=issued.id, address_of="https://portail.example/devis-recu/{}/".format, by=by, at=at)


def _card(chosen: Membership, told: Any, at: datetime) -> None:
    """Leave a row in each table of cards and of consent: a note, a former plate, a merge, a draft, an answer, an objection."""
    from gardien.base import clock
    from gardien.commitment import queries as commitment
    from gardien.consent import actions as consent
    from gardien.consent import queries as asked
    from gardien.consent.rules import Channel, How, Sender
    from gardien.customers import actions as customers
    from gardien.customers import rules

    by, when = network.actor(chosen), {"at": at}
    other = scene.customer(chosen, at, plate="KX-101-AA", last_name="Quetzal", first_name="Ode")
    plate = rules.parse_plate("KX-103-AA")
    customers.change_plate(vehicle_id=other.vehicles.get().id, plate=plate, by=by, **when)
    customers.write_note(customer_id=other.id, text="calls after six", note_key=ids.new(), by=by, **when)
    merge = customers.merge(kept_id=told.id, absorbed_id=other.id, by=by, **when)
    customers.undo_merge(merge_id=merge.id, by=by, **when)
    customers.save_intake_draft(reading_id=scene.heard(chosen, at).id, typed={"last_name": "M"}, by=by, **when)
    question = asked.asked(commitment.in_force(clock.legal_day(at)))[0]
    number = told.details.mobile.e164
    answer = consent.Answer(question.purpose, question.channel, number, True, question.document)
    consent.decide(subject=told.reference, answers=[answer], how=How.ORAL, by=by, **when)
    consent.object_(channel=Channel.PHONE, address=number, sender=Sender.CONTROLLER, how=How.ORAL, by=by, **when)


def _watched(chosen: Membership, told: Any, at: datetime) -> None:
    """Leave a row in each table about those who work here: a notice read, and a page that support read on a visit."""
    from gardien.base import clock
    from gardien.commitment import documents
    from gardien.commitment import queries as commitment
    from gardien.consent import actions as consent
    from gardien.network import actions
    from gardien.network.rules import SupportReason

    by: dict[str, Any] = {"by": network.actor(chosen), "at": at}
    notice = documents.notice(commitment.in_force(clock.legal_day(at)), "user", "fr")
    consent.acknowledge(subject=chosen.user.reference, notice=notice, **by)
    let_in = {"ticket": "HLV-7", "reason": SupportReason.QUESTION, "hours": 1, "opened_by": chosen.user}
    access = actions.open_support(site=chosen.site, **let_in, **by)  # type: ignore[arg-type]
    read = {"action": "customers.view", "object_id": told.id, "user_id": chosen.user_id}
    actions.record_support_read(access=access, **read, **by)
    actions.revoke_support(access_id=access.id, repairer=chosen.site.repairer, **by)  # type: ignore[arg-type]


def _prices(chosen: Membership, at: datetime) -> dict[str, UUID]:
    """Set a mark-up; return its id and that of one of the services which the cast brings, in their scope."""
    from gardien.catalogue import actions as catalogue
    from gardien.catalogue import queries as tariff

    told = {"priority": 1, "percent": Decimal("5.00"), "terms": catalogue.Terms()}
    rule = catalogue.set_price_rule(rule_id=None, **told, by=network.actor(chosen), at=at)
    return {"rule": rule.id, "service": tariff.services()[0].id}


def _written(reference: str, quote: UUID, at: datetime) -> UUID:
    """Prepare a message and begin to send it, in the scope of its controller; return its id."""
    from gardien.messaging import actions

    about = post.about(subject=reference, document_id=quote)
    with override_settings(GARDIEN_MAIL=Folder(HOME / "outbox"), GARDIEN_MAIL_FROM=post.FROM):
        message = actions.prepare(about=about, letter=post.letter(title="Votre devis"), by=post.BY, at=at)
    actions.begin(message_id=message.id, by=post.BY, at=at)
    return message.id


@contextmanager
def session(role: str, controller: UUID | str | None) -> Iterator["psycopg.Connection[Any]"]:
    """Open a transaction as `gardien_<role>` on behalf of `controller`; None sets nothing. Commits at the end."""
    with as_role(role) as connection:
        if controller is not None:
            connection.execute("SELECT set_config('gardien.controller', %s, true)", [str(controller)])
        yield connection


def count(connection: "psycopg.Connection[Any]", table: str, where: str = "true", *values: Any) -> int:
    """Return how many rows of `table` the connection sees."""
    query = sql.SQL("SELECT count(*) FROM {} WHERE " + where).format(sql.Identifier(table))
    row = connection.execute(query, values).fetchone()
    assert row
    return int(row[0])


def fingerprints(*but: str) -> dict[str, str]:
    """Return a digest of all rows of each table that the auditor reads, sessions and tables in `but` left out."""
    digests = {}
    with as_role("audit") as connection:
        readable = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
        ).fetchall()
        for (table,) in readable:
            if table not in {"django_session", *but}:
                query = "SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {} t"
                digests[table] = connection.execute(sql.SQL(query).format(sql.Identifier(table))).fetchone()[0]  # type: ignore[index]
    return digests
