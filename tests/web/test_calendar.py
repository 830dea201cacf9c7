"""The pages of due dates: picture and table say the same, what is late or missing is said aloud, nobody counts anew."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils.formats import date_format

from gardien.base import clock, scope
from gardien.commitment import queries as commitment
from gardien.network import queries as network
from gardien.retention import queries as retention
from gardien.retention.actions import _outlook
from gardien.retention.models import Backup
from gardien.retention.rules import LONGEST_RUN, Figure
from tests import scene
from tests.retention import disk, nights
from tests.web import counter

MANAGER, WATCHER = "site.manager@tilleul.example", "users.dpo@sarvane.example"
GARAGE, USERS = "/echeances/", "/echeances/utilisateurs/"
QUOTES, STORAGE = nights.QUOTES, nights.STORAGE
MISSING, CUT_SHORT = "Le passage de la nuit dernière manque.", "Le dernier passage a été interrompu."


def seen(who: Any, figures: Sequence[Figure], *months: tuple[str, date, int]) -> None:
    """Leave what a run saw to the pages of somebody's controller."""
    nights.seen(network.controller(who), figures, *months, at=clock.now())


def pictures(page: str) -> list[ET.Element]:
    return [ET.fromstring(each) for each in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


def table(page: str, caption: str) -> list[list[str]]:
    """Return the rows of the table whose first heading is `caption`, without the lines for narrow pages."""
    found = next(each for each in re.findall(r"<table.*?</table>", page, re.DOTALL) if f">{caption}<" in each)
    plain = re.sub(r"<small.*?</small>", "", found, flags=re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", plain, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in row] for row in cells]


def facts(page: str) -> list[tuple[str, str]]:
    """Return what the latest night's reports say."""
    told = page.partition('id="nights"')[2].partition("</details>")[0]
    return re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", told)


def alerts(page: str) -> list[str]:
    return [text.strip() for text in re.findall(r'class="alert[^"]*" role="status">(.*?)</p>', page, re.DOTALL)]


@pytest.fixture
def garage(cast: SimpleNamespace, sign_in: Any) -> SimpleNamespace:
    return SimpleNamespace(client=sign_in(MANAGER), manager=cast.membership(MANAGER))


def test_picture_and_table_tell_the_same_numbers_of_the_same_months(garage: SimpleNamespace) -> None:
    told = [
        (QUOTES, nights.month(0), 7),
        (QUOTES, nights.month(24), 1_234),
        (STORAGE, nights.month(3), 2),
        (STORAGE, nights.month(25), 99),
    ]
    seen(garage.manager, [Figure(QUOTES), Figure(STORAGE), Figure("client.retention.messages")], *told)
    page = garage.client.get(GARAGE).text
    heading, *rows = table(page, "Mois")
    assert heading == ["Mois", "Données et devis", "Gardiennage"]
    assert len(rows) == 25
    assert [row[1:] for row in rows if row[1:] != ["0", "0"]] == [["7", "0"], ["0", "2"], ["1234", "0"]]
    wide, narrow = pictures(page)
    drawn = [text.text for text in wide.iter("text")]
    assert [text for text in drawn if text in {"Données et devis", "Gardiennage"}] == heading[1:]
    assert {"7", "2", "1\u00a0234"} <= set(drawn)
    assert {"99", "Messages"}.isdisjoint(drawn)
    for picture in (wide, narrow):
        (told_aloud,) = [each.text for each in picture if each.tag == "desc"]
        last = rows[-1][0]
        assert f"Données et devis\u00a0: 1241 en tout, au plus 1234, en {last}." in (told_aloud or "")


def test_what_a_run_sees_of_a_customer_is_where_the_card_says_that_their_time_ends(
    garage: SimpleNamespace, cast: SimpleNamespace, at: datetime
) -> None:
    adviser = cast.membership(counter.ADVISER)
    quote = scene.issued(adviser, at)
    controller = network.controller(adviser)
    found = retention.measured(at)[controller]
    with scope.entered(controller):
        _outlook.keep(found.figures, found.calendar, at)
    card = garage.client.get(f"/clients/{quote.customer_id}/durees/").text
    (until, *_) = re.findall(r"<strong>(\d+ \w+ \d{4})</strong>", card)
    _, *rows = table(garage.client.get(GARAGE).text, "Mois")
    assert [row[0] for row in rows if row[1] == "1"] == [until.partition(" ")[2]]


def test_a_garage_sees_its_own_figures_and_no_others(
    garage: SimpleNamespace, cast: SimpleNamespace, sign_in: Any
) -> None:
    seen(
        cast.membership("site.manager@canal.example"), [Figure(QUOTES, due=41, done=41)], (QUOTES, nights.month(2), 41)
    )
    seen(garage.manager, [Figure(QUOTES, due=3, done=3)], (QUOTES, nights.month(2), 3))
    page = garage.client.get(GARAGE).text
    assert (">41<" in page, ">3<" in page) == (False, True)


def test_what_is_late_held_put_off_and_set_aside_is_told_in_words(garage: SimpleNamespace) -> None:
    held = {"billing": 3, "dispute": 1}
    late = Figure(QUOTES, 12, 11, 1, held, 2, 1, "2026-11-20", "2026-12-03")
    seen(garage.manager, [late, Figure("client.evidence.retention#journal", next_due="2031-11-01")])
    page = garage.client.get(GARAGE).text
    _, quotes, journal = table(page, "Échu")
    assert quotes == ["Données et devis", "12", "11", "1", "4", "2", "3 décembre 2026"]
    assert journal == ["Journal des opérations", "0", "0", "0", "0", "0", "1 novembre 2031"]
    for words in ("1 mis de côté", "en retard depuis le 20 novembre 2026", "gardé\u00a0: facturation 3, litige 1"):
        assert words in page
    assert alerts(page)[-1].startswith("1 enregistrement est en retard")


def test_titles_are_those_of_the_version_in_force_and_lead_to_it(garage: SimpleNamespace) -> None:
    ids = [QUOTES, STORAGE, "client.retention.messages", "client.retention.processors"]
    seen(garage.manager, [Figure(each, next_due="2028-01-01") for each in ids])
    page = garage.client.get(GARAGE).text
    version = commitment.in_force(counter.today())
    titles = [version.clauses[each].title.fill("fr", {}) for each in ids]
    assert [row[0] for row in table(page, "Échu")[1:]] == titles
    assert all(f'href="/engagement/{version.id}/#{each}"' in page for each in ids)


def test_nothing_that_falls_due_is_said_in_words_and_not_drawn(garage: SimpleNamespace) -> None:
    seen(garage.manager, [Figure(QUOTES), Figure(STORAGE)])
    page = garage.client.get(GARAGE).text
    assert (pictures(page), "Rien n’arrive à échéance" in page) == ([], True)
    assert "Rien sous\u00a0: Données et devis, Gardiennage." in page


def test_before_the_first_run_the_page_says_that_there_was_none(garage: SimpleNamespace) -> None:
    page = garage.client.get(GARAGE).text
    assert (pictures(page), "Aucun passage jusqu’ici." in page) == ([], True)
    assert [text[: len(MISSING)] for text in alerts(page)] == [MISSING]


@pytest.mark.parametrize(
    ("ago", "took", "said", "state"),
    [
        (timedelta(hours=3), timedelta(minutes=1), [], "terminé"),
        (timedelta(days=2), timedelta(minutes=1), [MISSING], "terminé"),
        (timedelta(minutes=5), None, [MISSING], "en cours"),
        (LONGEST_RUN + timedelta(minutes=5), None, [MISSING, CUT_SHORT], "interrompu"),
    ],
)
def test_a_night_that_is_missing_or_was_cut_short_is_said_aloud(
    garage: SimpleNamespace, ago: timedelta, took: timedelta | None, said: list[str], state: str
) -> None:
    nights.night(clock.now() - ago, took=took)
    page = garage.client.get(GARAGE).text
    assert [next(each for each in (MISSING, CUT_SHORT) if text.startswith(each)) for text in alerts(page)] == said
    assert re.findall(r'badge-state is-\w+">([^<]+)<', page) == [state]


def test_the_last_nights_are_listed_with_the_figures_of_the_pages_clauses(garage: SimpleNamespace) -> None:
    seen(garage.manager, [Figure(QUOTES)])
    figures = [Figure(QUOTES, 12, 11, 1, overdue=1), Figure("user.retention.orders", 7, 7)]
    for days in range(9):
        nights.night(clock.now() - timedelta(days=days, hours=1), *figures)
    page = garage.client.get(GARAGE).text
    assert page.count("traités\u00a0: 11 · en retard\u00a0: 1") == 7
    assert table(page, "Mis de côté")[1:] == [["Données et devis", "12", "11", "1", "1"]]


def test_what_was_looked_for_after_a_run_is_told_with_what_was_found(garage: SimpleNamespace) -> None:
    nights.night(clock.now(), **nights.CLEAN)
    assert dict(facts(garage.client.get(GARAGE).text)) == {
        "Valeurs retrouvées": "aucune, sur 60 valeurs de 12 personnes, parmi les 12 parties",
        "Retours possibles à une personne": "aucun\u00a0: chaque ligne anonyme vaut pour au moins 5 personnes",
        "Place libérée sur le disque": "depuis le 29 novembre 2026",
        "Disparu des sauvegardes": "aucune sauvegarde ne le contient",
    }
    worse = {
        "residue": {**nights.CLEAN["residue"], "found": {"messaging.Message.sealed": 2, "sessions.Session": 1}},
        "attack": {"least_alike": 5, "all": {"singling_out": {"below": 3}, "linkability": {"alike_one_person": 1}}},
        "removal": {
            **nights.CLEAN["removal"],
            "ended_at": clock.now().isoformat(),
            "tables": {"dead_rows": {"quotes_quote": 2}, "freed_at": None},
        },
    }
    nights.night(clock.now(), **worse)
    assert [told for _, told in facts(garage.client.get(GARAGE).text)] == [
        '<strong class="late">3 retrouvées</strong>',
        '<strong class="late">4 lignes anonymes</strong>',
        "pas encore",
        "aucune sauvegarde ne le contient",
    ]


def test_when_what_a_run_deleted_is_gone_from_the_disk_is_told_once_it_is(
    garage: SimpleNamespace, at: datetime
) -> None:
    begun_at = at - timedelta(days=740)
    scene.price_list(at)
    scene.issued(garage.manager, begun_at, "99.99")
    Backup.objects.create(path="/b", made_at=at, bytes=1, ledger_position=0)
    with disk.unattended() as server:
        run = disk.swept()
        assert facts(garage.client.get(GARAGE).text)[2:] == [
            ("Place libérée sur le disque", "pas encore"),
            ("Disparu des sauvegardes", f"le {_day(at + timedelta(days=35))} au plus tard"),
        ]
        dead = run.removal["tables"]["dead_rows"]
        assert {"customers_customer", "quotes_quote"} <= dead.keys() < disk.tables(server)
        for table_name in dead:
            server.execute(f'VACUUM "{table_name}"')
    Backup.objects.update(removed_at=clock.now())
    assert facts(garage.client.get(GARAGE).text)[2:] == [
        ("Place libérée sur le disque", f"depuis le {_day(clock.now())}"),
        ("Disparu des sauvegardes", "aucune sauvegarde ne le contient"),
    ]


def _day(at: datetime) -> str:
    return date_format(clock.legal_day(at), "j F Y")


def test_the_network_sees_what_falls_due_of_users_and_no_garage_does(
    garage: SimpleNamespace, cast: SimpleNamespace, sign_in: Any
) -> None:
    watcher = cast.membership(WATCHER)
    seen(watcher, [Figure("user.retention.orders", due=2, done=2)], ("user.retention.orders", nights.month(1), 5))
    page = sign_in(WATCHER).get(USERS).text
    assert table(page, "Échu")[1][:3] == ["Données et commandes", "2", "2"]
    assert table(page, "Mois")[2][1] == "5"
    assert garage.client.get(USERS).status_code == 403
    assert sign_in(WATCHER).get(GARAGE).status_code == 403


def test_the_page_holds_no_style_and_no_script_of_its_own(garage: SimpleNamespace) -> None:
    seen(garage.manager, [Figure(QUOTES)], (QUOTES, nights.month(1), 5))
    page = garage.client.get(GARAGE).text
    assert len(pictures(page)) == 2
    assert re.findall(r"\sstyle=|<style|\son\w+=|<script(?![^>]* src=)", page) == []
    assert all(picture.get("role") == "img" for picture in pictures(page))


def test_months_are_counted_from_the_present_one_in_paris(cast: SimpleNamespace, sign_in: Any) -> None:
    """Half an hour before midnight in Greenwich the month is over in Paris."""
    seen(cast.membership(MANAGER), [Figure(QUOTES)], (QUOTES, date(2027, 1, 1), 5))
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert table(sign_in(MANAGER).get(GARAGE).text, "Mois")[1] == ["janvier 2027", "5"]
