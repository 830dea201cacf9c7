"""Everybody but one repairer walks the portal while all that this one has is marked, and what is made is read."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.test import Client, override_settings

from gardien.base import clock, scope
from gardien.messaging import queries as outbox
from gardien.messaging.models import Message
from gardien.messaging.rules import Folder
from gardien.network.models import CentralParty, Membership, Repairer, Throttle, User
from gardien.portal import logs
from tests import rows, second_factor
from tests.conftest import HOME, as_role
from tests.messaging import post
from tests.walls import canaries, ways
from tests.walls.house import House
from tests.walls.test_pages import typed_in
from tests.walls.walking import Pair, Walker
from tests.web.accounts import SIRET

PERSONAS = {
    "rival": (ways.RIVAL, 120),
    "support": ("provider.support@halvec.example", 60),
    "auditor": ("auditor@sarvane.example", 10),
    "anonymous": ("", 60),
    "network": ("network.administrator@sarvane.example", 150),
}
"""Who walks, and how many steps in a short walk, in this order: the network, which may close accounts, comes last."""
TYPED = {
    "text": (canaries.SHORT[:-1], canaries.LONG[:6], "lhote", "Rappeler après six heures"),
    "email": ("personne{number}@courriel.example", ways.FORGETFUL),
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
    "brand": ("", "Kestrane"),
    "ean": ("",),
    "source_id": ("MENDED{number}",),
    "season": ("été",),
    "designation": ("205/55 R16 91V",),
    "price": ("79,90",),
    "rim_to_inch": ("",),
    "password": ("poulie bielle carter culasse 57",),
    "ticket": ("HLV-{number}",),
    "legal_reference": ("C. com., L123-22",),
    "until_date": ("2030-01-31",),
    "hours": ("2",),
    "days": ("30",),
    "quote_days": ("30",),
    "most_discount": ("100",),
    "has_read": ("on",),
    "new_password1": ("poulie bielle carter culasse 57",),
    "new_password2": ("poulie bielle carter culasse 57",),
    "last_day": ("",),
    "late_reason": ("Prix tenu",),
}
"""What is typed into fields of these names; a number is put where one is asked for."""


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


def _come_back(email: str) -> None:
    """Undo what the walk has done to who signs in: an account out of use, services that ended, and the role they had."""
    User.objects.filter(email=email).update(state="active")
    Repairer.objects.update(services_ended_at=None)
    held = Membership.objects.filter(user__email=email)
    first = held.earliest("id")
    given = held.filter(role=first.role, site=first.site, central_party=first.central_party, until_at=None)
    given.exclude(id=first.id).update(until_at=clock.now())
    held.filter(id=first.id).update(until_at=None)


def _let_write() -> None:
    """Let letters be asked for again, of which a day has few, by somebody whom the walk has left their account."""
    Throttle.objects.all().delete()
    _come_back(ways.FORGETFUL)


def entered(email: str) -> Callable[[], Client]:
    """Return what signs somebody in, who leaves another session open elsewhere; a visitor keeps the one they have."""
    visitor = Client(raise_request_exception=False)

    def enter() -> Client:
        if not email:
            return visitor
        _come_back(email)
        client = Client(raise_request_exception=False)
        for each in (Client(), client):
            second_factor.sign_in(each, User.objects.get(email=email), ahead=600)
        return client

    return enter


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
            _let_write()
            walker = Walker(name, entered(email), TYPED, self.seed)
            self.walkers.append(walker)
            if name == "support":
                ways.let_in(self.house.canal.membership)
                walker.learn(["/support/", "/devis/", "/clients/recherche/"])
            self._follow(walker, walker.asked_for([ways.places(self.house.tilleul)]))
            self._read_letters(walker)
            if name == "rival":
                own = ways.own(self.house.canal)
                self._follow(walker, walker.tried(own, typed_in(self.house) | ways.filled(self.house.canal, own[0])))
            for _ in range(times):
                self._walk_on(walker, steps)

    def go_on(self, steps: int) -> None:
        """Let all walk on in turn, as long as there is a page that nobody got to."""
        for walker in self.walkers * (steps // 20):
            if self.left():
                _let_write()
                self._walk_on(walker, 20)

    def _walk_on(self, walker: Walker, steps: int) -> None:
        """Sign in as who they were at first, and walk; the rival has work again, which a long walk uses up."""
        walker.come_back()
        if walker.name == "rival":
            self._follow(walker, walker.visits(ways.fresh(ways.manager())))
        self._follow(walker, walker.steps(steps))
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
        bare = {each for each in left if each.partition(".")[2] not in canaries.TOO_SHORT}
        assert bare == canaries.CHECKED, bare ^ canaries.CHECKED
        walk.run(times)
        walk.go_on(1_200)
        assert elsewhere(house.tilleul.tenant) == []
        assert canaries.seen(written.getvalue().encode()) == set()
    return walk
