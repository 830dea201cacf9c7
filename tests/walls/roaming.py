"""Everybody but one repairer walks the portal while all that this one has is marked, and what is made is read."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connections
from django.test import Client, override_settings

from gardien.base import clock, ids, links, scope
from gardien.customers import actions as customers
from gardien.customers.models import Customer, Merge, Note
from gardien.messaging import queries as outbox
from gardien.messaging.models import Message
from gardien.messaging.rules import Folder
from gardien.network import actions as accounts
from gardien.network import queries as network
from gardien.network.models import CentralParty, Membership, Repairer, SupportAccess, User
from gardien.network.rules import SupportReason
from gardien.portal import logs
from gardien.quotes import queries
from tests import rows, scene, second_factor
from tests.conftest import HOME, PASSWORD, as_role
from tests.messaging import post
from tests.walls import canaries
from tests.walls.house import Garage, House
from tests.walls.test_pages import typed_in
from tests.walls.walking import Pair, Walker
from tests.web.accounts import SIRET

RIVAL = "site.manager@canal.example"
PERSONAS = {
    "rival": (RIVAL, 120),
    "support": ("provider.support@halvec.example", 60),
    "auditor": ("auditor@sarvane.example", 10),
    "anonymous": ("", 20),
    "network": ("network.administrator@sarvane.example", 150),
}
"""Who walks, and how many steps in a short walk, in this order: the network, which may close accounts, comes last."""
TYPED = {
    "text": (canaries.SHORT[:-1], canaries.LONG[:6], "lhote", "Rappeler après six heures"),
    "email": ("personne{number}@courriel.example",),
    "login": ("personne{number}@courriel.example",),
    "mobile": ("06 39 98 0{number}",),
    "phone": ("01 99 00 0{number}",),
    "plate": ("AA-{number}-AA", "AB-{number}-CD"),
    "postcode": ("99200",),
    "siren": ("",),
    "siret": (SIRET,),
    "number": ("06 39 98 12 34",),
    "size": ("205/55R16", "2055516"),
    "oe_mark": ("",),
    "quantity": ("4",),
    "unit_price": ("99,99",),
    "unit_ttc": ("14,00",),
    "rim_from_inch": ("0",),
    "mileage": ("48{number}",),
    "off": ("1", "2%"),
    "told": ("{number}",),
    "percent": ("3",),
    "priority": ("{number}",),
    "brand": ("",),
    "rim_to_inch": ("",),
    "password": ("poulie bielle carter culasse 57",),
    "ticket": ("HLV-{number}",),
    "hours": ("2",),
    "days": ("30",),
    "quote_days": ("30",),
    "most_discount": ("100",),
    "has_read": ("on",),
    "new_password1": ("poulie bielle carter culasse 57",),
    "new_password2": ("poulie bielle carter culasse 57",),
}
"""What is typed into fields of these names; a number is put where one is asked for."""
NOT_REACHED: dict[Pair, str] = {
    (
        "GET",
        "/compte/securite/cles/<int:pk>/retirer/",
    ): "a passkey is in somebody's hand: tests/stories/test_passkey.py",
    ("POST", "/compte/securite/cles/<int:pk>/retirer/"): "as above",
    ("GET", "/compte/mot-de-passe-oublie/<uidb36>/<key>/"): "of a letter for an hour: tests/web/test_passwords.py",
    ("POST", "/compte/mot-de-passe-oublie/<uidb36>/<key>/"): "as above",
    ("POST", "/reseau/personnes/<uuid:user_id>/"): "no walk types a day: tests/web/test_account_team.py",
    ("POST", "/compte/retrait/"): "nobody of the cast has agreed to anything: tests/web/test_account_own.py",
    ("POST", "/compte/sessions/fermer/"): "the others of one's sessions come and go: tests/web/test_account_own.py",
    (
        "POST",
        "/devis/<uuid:quote_id>/accepter-tard/",
    ): "a quote expires after a month: tests/quotes/test_life_choices.py",
    ("POST", "/reseau/tarifs/lignes/<uuid:waiting_id>/"): "a person knows what a line lacks: tests/web/test_network.py",
}
"""Pages that no walk gets to by these methods, each with the reason; they are asked all the same."""


@contextmanager
def kept() -> Iterator[None]:
    """Give the tables back as they were."""
    held = rows.taken_out()
    try:
        yield
    finally:
        connections.close_all()
        rows.empty_tables()
        rows.put_back(held)


def entered(email: str) -> Callable[[], Client]:
    def enter() -> Client:
        client = Client(raise_request_exception=False)
        User.objects.filter(email=email).update(state="active")
        return second_factor.sign_in(client, User.objects.get(email=email), ahead=600) if email else client

    return enter


def places(garage: Garage) -> dict[str, Any]:
    """Return what the places of addresses take of a garage."""
    known: dict[str, Any] = {f"{key}_id": value for key, value in garage.ids.items()}
    versions = {"version_id": "2020-01-25", "older": "2020-01-25", "newer": "2026-11-22", "code": "CANAL"}
    return known | versions | {"quote_id": garage.ids["draft"], "other_id": garage.ids["customer"]}


def manager() -> Membership:
    """Return the role of the rival."""
    return Membership.objects.select_related("site__repairer", "user").get(user__email=RIVAL)


def let_in(held: Membership) -> SupportAccess:
    """Let support in at a role's site, and nowhere else."""
    told: dict[str, Any] = {"ticket": "HLV-1", "reason": SupportReason.INCIDENT, "hours": 2, "opened_by": held.user}
    with scope.entered(network.controller(held)):
        return accounts.open_support(site=held.site, **told, by=network.actor(held), at=clock.now())


def own(garage: Garage) -> list[dict[str, Any]]:
    """Return the two ways in which a garage's own places are filled: with a draft, and with what was issued."""
    with scope.entered(garage.tenant):
        found = {"other_id": Customer.objects.exclude(id=garage.ids["customer"]).earliest("id").id}
        found |= {"note_id": Note.objects.earliest("id").id, "merge_id": Merge.objects.earliest("id").id}
        mine = scene.heard(manager(), clock.now()).id
        by = network.actor(manager())
        customers.save_intake_draft(reading_id=mine, typed={"last_name": "M"}, by=by, at=clock.now())
        found |= {"drop.reading_id": mine, "access_id": let_in(manager()).id}
        document = queries.document(garage.ids["issued"])
    until = clock.now() + timedelta(hours=1)
    link = links.Link(queries.ANSWER, garage.tenant, garage.ids["issued"], document.sha256, until)
    draft = places(garage) | found | {"token": links.token(link)}
    return [draft, draft | {"quote_id": garage.ids["issued"], "line_id": garage.ids["issued_line"]}]


def filled(garage: Garage) -> dict[str, Any]:
    """Return what the forms about customers, cards and accounts take, besides those about quotes."""
    ways = own(garage)[0]
    return {
        "customer": ways["customer_id"],
        "vehicle": ways["vehicle_id"],
        "to": ways["other_id"],
        "kept": ways["customer_id"],
        "subject": garage.reference,
        "decision": ids.new(),
        "channel": "email",
        "purpose": "client.use.quote",
        "membership": manager().id,
        "plate": "AB-777-CD",
        "reason": "mistake",
        "password": PASSWORD,
        "has_read": "on",
        "siret": SIRET,
        "option": "1",
        "company": "Essai",
        "first_name": "Ana",
        "email": "ana@courriel.example",
        "text": "essai",
        "size": "205/55R16",
        "quote_days": "30",
        "most_discount": "100",
        "printed": "Merci",
    }


class Walk:
    """All personas' walks, one after the other; `seen` names what showed a mark, `faults` what failed."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.seed = house, seed
        self.walkers: list[Walker] = []
        self.seen: list[str] = []
        self.faults: list[str] = []
        self.letters: set[Any] = set()

    def run(self, times: int) -> None:
        for name, (email, steps) in PERSONAS.items():
            walker = Walker(name, entered(email), TYPED, self.seed)
            self.walkers.append(walker)
            if name == "support":
                let_in(self.house.canal.membership)
                walker.learn(["/support/", "/devis/", "/clients/recherche/"])
            self._follow(walker, walker.asked_for([places(self.house.tilleul)]))
            self._read_letters(walker)
            if name == "rival":
                ways = own(self.house.canal)
                self._follow(walker, walker.tried(ways, typed_in(self.house) | filled(self.house.canal)))
            for _ in range(times):
                self._follow(walker, walker.steps(steps))
                self._read_letters(walker)

    def go_on(self, steps: int) -> None:
        """Let all walk on in turn, as long as there is a page that nobody got to."""
        for walker in self.walkers * (steps // 20):
            if self.left() - set(NOT_REACHED):
                self._follow(walker, walker.steps(20))
                self._read_letters(walker)

    def left(self) -> set[Pair]:
        """Return the pages that nobody got to, by methods that they take."""
        answers = [(pair, set(counted)) for walker in self.walkers for pair, counted in walker.answers.items()]
        reached = set().union(*(walker.reached for walker in self.walkers))
        return {pair for pair, statuses in answers if statuses != {405}} - reached

    def _follow(self, walker: Walker, answers: Iterator[tuple[Pair, Any]]) -> None:
        for pair, answer in answers:
            place = f"{walker.name} {' '.join(pair)}"
            shown = canaries.seen(answer.content) | canaries.seen(str(answer.headers).encode())
            self.seen += [f"{place}: {form}" for form in sorted(shown)]
            self.faults += [f"{place}: {answer.status_code}"] if answer.status_code >= 500 else []

    def _read_letters(self, walker: Walker) -> None:
        """Open the letters that wait, the marked garage's left out, and let the walker follow their links."""
        others = [*Repairer.objects.exclude(id=self.house.tilleul.tenant), *CentralParty.objects.all()]
        for controller in others:
            with scope.entered(controller.id):
                for each in Message.objects.exclude(id__in=self.letters):
                    raw = outbox.opened(each.letter, each.id, "letter")
                    self.letters.add(each.id)
                    self.seen += [f"letter: {form}" for part in post.parts(raw) for form in sorted(canaries.seen(part))]
                    walker.learn(post.links(raw))


def elsewhere(tenant: Any) -> list[str]:
    """Return the tables in which rows of anybody but this repairer bear a mark, jobs and sessions included."""
    found = []
    with as_role("backup") as connection:
        names = connection.execute(
            "SELECT c.relname, (SELECT attname FROM pg_attribute a WHERE a.attrelid = c.oid"
            " AND attname IN ('tenant_id', 'controller_id') AND NOT attisdropped) FROM pg_class c"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchall()
        for table, column in names:
            where = f" WHERE \"{column}\" <> '{tenant}'" if column else ""
            held = connection.execute(f'SELECT t::text FROM "{table}" t{where}').fetchall()
            found += [table for (row,) in held if canaries.seen(row.encode())]
    return sorted(set(found))


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Keep what is logged, as it would be written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter())
    logging.getLogger().addHandler(handler)
    try:
        yield written
    finally:
        logging.getLogger().removeHandler(handler)


def walked(house: House, seed: int, times: int) -> Walk:
    walk = Walk(house, seed)
    mail = override_settings(GARDIEN_MAIL=Folder(HOME / "outbox"), GARDIEN_MAIL_FROM=post.FROM)
    with kept(), mail, listening() as written:
        canaries.lived(house.tilleul, clock.now())
        left = canaries.plant(house.tilleul)
        assert {each for each in left if each.partition(".")[2] not in canaries.TOO_SHORT} == canaries.CHECKED
        walk.run(times)
        walk.go_on(1_200)
        assert elsewhere(house.tilleul.tenant) == []
        assert canaries.seen(written.getvalue().encode()) == set()
    return walk
