"""Law: whatever the house says, it says in French, as a French printer would set it."""

import ast
import gettext
import html
import re
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.translation import ngettext

from gardien.base import scope
from gardien.commitment import documents, roles
from gardien.commitment import queries as commitment
from gardien.network import queries as network
from gardien.quotes._labels import LABELS
from gardien.web.shared import errors
from tests import scene
from tests.laws import language
from tests.web import answers

MENDED = {(None, "Email"), (None, "Forgot your password?")}
"""Words of other packages that ours replace."""
ADVISER = "counter.adviser@tilleul.example"
LONG = 12
SOLD_WRONGLY = {"label": "", "unit_ttc": "-1", "vat_rate": "7", "extra": "x", "rim_from_inch": "x"}

PLANTED = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "Sent to %(name)s."
msgstr "{french}"
"""


@cache
def french() -> dict[language.Said, Any]:
    return dict(language.messages(language.catalogue(language.WRITTEN.read_text())))


def test_every_msgid_is_in_the_catalogue_and_no_other() -> None:
    assert set(french()) - MENDED == language.of_house()


def test_no_translation_is_at_fault() -> None:
    catalogue = language.catalogue(language.WRITTEN.read_text())
    assert {message.id: language.faults(message) for message in french().values() if language.faults(message)} == {}
    assert list(catalogue.check()) == []
    assert not catalogue.obsolete
    assert (catalogue.num_plurals, catalogue.plural_expr) == (2, "(n > 1)")


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert language.COMPILED.exists(), "compile it: make setup"
    with language.COMPILED.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for (context, words), message in french().items():
        if isinstance(words, tuple):
            assert (compiled.ngettext(*words, 1), compiled.ngettext(*words, 2)) == message.string
        else:
            found = compiled.pgettext(context, words) if context else compiled.gettext(words)
            assert found == message.string, "the catalogue was changed since: make setup"


def test_no_template_holds_words_of_its_own() -> None:
    own = {file.name: language.untranslated(file.read_text()) for file in language.TEMPLATES.rglob("*.html")}
    assert len(own) > 15
    assert {name: words for name, words in own.items() if words} == {}


def test_french_that_is_not_in_the_catalogue_is_well_set_too() -> None:
    """Labels of the quote, names of roles, wordings of the commitment, signs that templates hold."""
    version = commitment.in_force(date(2026, 11, 22))
    owner = documents.Controller("Garage", "SARL", ("1 rue des Tilleuls",), "garage@tilleul.example", "01 99 00 12 01")
    texts = [
        *(text.format_map(Named()) for text in LABELS["fr"].values()),
        *(names["fr"] for names in roles.matrix().names.values()),
        *(clause[key] for clause in documents.outline(version, "fr") for key in ("title", "text")),
        *documents.verso(version, owner, "fr").text().splitlines(),
        *documents.reading(version, owner, "fr").text().splitlines(),
    ]
    assert {text: language.typography(text) for text in texts if language.typography(text)} == {}


class Named(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "x"


@pytest.mark.parametrize(
    ("french", "fault"),
    [
        ("", {"a part is empty"}),
        ("Envoyé.", {"other places than the English"}),
        ("Envoyé à %(nom)s.", {"other places than the English"}),
        ("Envoyé : %(name)s.", {"a sign without its no-break space"}),
        ("Envoyé: %(name)s.", {"a sign without its no-break space"}),
        ("« %(name)s\u00a0»", {"a quotation mark without its no-break space"}),
        ("Envoyé à l'adresse %(name)s.", {"a sign of a typewriter"}),
        ("Envoyé à %(name)s...", {"a sign of a typewriter"}),
        ("Envoyé  à %(name)s.", {"two blanks"}),
        ("Envoyé à\\n\\n\\n%(name)s.", {"two blanks"}),
        ("Envoyé à %(name)s%.", {"a sign without its no-break space"}),
        ("Envoyé\u00a0: «\u00a0%(name)s\u00a0», à 12:30\u202f!", set()),
        ("Envoyé,\\n\\n%(name)s (%)", set()),
    ],
)
def test_a_planted_fault_in_a_translation_is_found(french: str, fault: set[str]) -> None:
    planted = language.messages(language.catalogue(PLANTED.format(french=french)))
    assert language.faults(planted[None, "Sent to %(name)s."]) == fault


def test_a_fuzzy_translation_is_found() -> None:
    planted = language.catalogue(
        PLANTED.format(french="Envoyé à %(name)s.").replace('msgid "Sent', '#, fuzzy\nmsgid "Sent')
    )
    assert language.faults(language.messages(planted)[None, "Sent to %(name)s."]) == {"marked fuzzy"}


@pytest.mark.parametrize(
    ("template", "own"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{% if x %}Hello {{ name }}{% endif %}</p>", ["Hello"]),
        ('<input placeholder="Type a name">', ["Type a name"]),
        ('<nav aria-label="Pages {{ x }}"></nav>', ["Pages"]),
        ('<input value="Send"><button value="sent">{{ x }}</button>', ["Send"]),
        ("<p>{% translate 'Hello' %} · 1/2 <kbd>Ctrl</kbd> Gardien</p><input placeholder=\"205/55R16\">", []),
        ("{% blocktranslate %}Hello{% plural %}Hellos{% endblocktranslate %}", []),
    ],
)
def test_words_planted_in_a_template_are_found(template: str, own: list[str]) -> None:
    assert language.untranslated(template) == own


def test_msgids_are_found_wherever_they_are_said() -> None:
    template = (
        "{% load i18n %}\n  <p>{% translate 'One' %}</p>\n<p title=\"{% translate \"Two\" context 'key' %}\">"
        "{% blocktranslate count n=x|length trimmed %}{{ n }} one{% plural %}{{ n }} ones{% endblocktranslate %}"
        "{% translate 'Four' as four %}"
    )
    four = {(None, "One"), ("key", "Two"), (None, ("%(n)s one", "%(n)s ones")), (None, "Four")}
    assert language.of_template(template) == four
    code = "_('One ' 'more')\npgettext_lazy('key', 'Two')\nngettext('a %(n)s', 'b', n)\n_(refused.msgid)\n"
    assert language.of_code(code) == {(None, "One more"), ("key", "Two"), (None, ("a %(n)s", "b"))}
    assert (None, "Choose the country of the plate.") in language.of_refusals()


def test_plurals_and_contexts_are_french() -> None:
    counted = [
        ngettext("%(number)s customer found", "%(number)s customers found", n) % {"number": n} for n in (0, 1, 2)
    ]
    assert counted == ["0 client trouvé", "1 client trouvé", "2 clients trouvés"]
    assert Template('{% load i18n %}{% translate "Enter" context "key" %}').render(Context()) == "Entrée"


@pytest.fixture
def pages(cast: SimpleNamespace, at: datetime) -> list[str]:
    """Addresses of every page that shows something of the scene."""
    scene.price_list(at)
    membership = cast.membership(ADVISER)
    issued = scene.issued(membership, at)
    with scope.entered(network.controller(membership)):
        other = scene.customer(membership, at, "AB-123-CD", company="Halles")
        draft = scene.draft(membership, other, at, "10.00")
        quotes = [f"/devis/{issued.id}/", f"/devis/{draft.id}/", f"/devis/{draft.id}/?size=2055516"]
        card = f"/clients/{issued.customer_id}/"
        cards = [card, f"/clients/nouveau/{scene.heard(membership, at).id}/"]
    fixed = ["/", "/clients/nouveau/", "/devis/", "/tarif/", "/pneus/?size=2055516", "/pneus/?size=9"]
    fixed += [answers.issue(membership, at, *answers.PRICES).address(), "/reseau/reparateurs/"]
    public = ["", "2020-01-25/", "2020-01-25/2026-11-22/", "reparateurs/COL/", "clauses/"]
    fixed += [f"/engagement/{rest}" for rest in public]
    panes = ("accords/", "durees/", "corriger/", "vehicules/", "meme-personne/", "reunions/", "limiter/")
    fixed += [*(f"{card}{pane}" for pane in panes), f"{card}meme-personne/{other.id}/", "/limitations/"]
    fixed += [f"/vehicules/{issued.vehicle_id}/{rest}/" for rest in ("plaque", "detenteur")]
    return [*fixed, "/compte/reprise/", "/reseau/tarifs/", "/clauses/", f"/devis/{uuid.uuid4()}/", *quotes, *cards]


def spoken(client: Client, pages: list[str]) -> Iterator[Any]:
    """Visit every page, and send every form wrongly filled."""
    draft, card, form = pages[-4].partition("?")[0], pages[-2], pages[-1]
    wrong = {"last_name": "", "plate": "O", "siren": "1", "mobile": "1", "email": "@", "model": "x", "make": "y" * 50}
    line = {"quantity": "x", "unit_price": "", "vat_rate": "7", "article": uuid.uuid4(), "line_key": uuid.uuid4()}
    yield from (client.get(page) for page in pages)
    yield client.post("/clients/recherche/", {"text": "moreau"})
    yield client.post("/clients/recherche/", {"text": "zzz"})
    yield client.post(form, wrong)
    yield client.post("/devis/nouveau/", {})
    yield client.post("/tarif/prestations/", {f"sold-{name}": value for name, value in SOLD_WRONGLY.items()})
    yield client.post("/tarif/regles/", {f"rule-{name}": "x" for name in ("priority", "percent", "season")})
    yield client.post(f"{card}notes/", {"note_key": uuid.uuid4(), "text": ""})
    yield client.post(f"{card}vehicules/", wrong)
    yield client.post(f"{card}meme-personne/", {"text": "moreau"})
    yield client.post(f"{card}offres/refuser/", {"channel": "fax"})
    yield client.post(f"{draft}pneus/", line)
    yield client.post(f"{draft}prestations/", {f"service-{name}": value for name, value in line.items()})
    yield client.post(f"{draft}kilometrage/", {"mileage": "x"})


@cache
def english() -> list[str]:
    """Return the long runs of words of msgids whose French differs."""
    differing = [message for message in french().values() if message.id != message.string]
    texts = [text for message in differing for text in ([message.id] if isinstance(message.id, str) else message.id)]
    runs = [run.strip() for text in texts for run in re.split(r"%\(\w+\)\w", text.replace("%%", "%"))]
    return [run for run in runs if len(run) > LONG]


def leaks(page: str) -> list[str]:
    text = html.unescape(page)
    words = re.sub(r"<code>.*?</code>|<[^>]*>", " ", text)
    small = re.findall(r"\b(?:the|and|of|your|with|please|this|is|not|field)\b", words, re.IGNORECASE)
    return [*(run for run in english() if run in text), *small]


def test_no_page_shows_english(cast: SimpleNamespace, sign_in: Any, pages: list[str]) -> None:
    """Each role visits everything, what is refused to it included; each page speaks French throughout."""
    first = {login.role: login.email for login in reversed(cast.logins)}
    assert set(first) == {role for role, place in roles.matrix().places.items() if place != "visit"}
    seen = set()
    for role, email in first.items():
        for response in spoken(sign_in(email), pages):
            assert (role, response.request["PATH_INFO"], leaks(response.text)) == (
                role,
                response.request["PATH_INFO"],
                [],
            )
            assert '<html lang="fr">' in response.text
            seen.add((role, response.status_code))
    assert {(role, 200) for role in first} <= seen
    assert {("counter_adviser", 422), ("counter_adviser", 400), ("counter_adviser", 404), ("workshop", 403)} <= seen


def test_who_is_not_signed_in_reads_french_too(committed: None) -> None:
    client = Client()
    shown = client.get("/compte/connexion/")
    refused = client.post("/compte/connexion/", {"login": "nobody@tilleul.example", "password": "x"})
    request = RequestFactory().get("/")
    kinds = (errors.bad_request, errors.forbidden, errors.csrf_failure, errors.not_found, errors.failed)
    answers = [shown, refused, client.get("/engagement/"), *(kind(request) for kind in kinds)]
    answers.append(errors.not_allowed("GET"))
    assert [leaks(answer.content.decode()) for answer in answers] == [[] for _ in answers]
    assert "Vous n’êtes pas connecté." in refused.text
    assert "<label" in shown.text
    assert "E-mail" in shown.text


def test_english_planted_on_a_page_is_found() -> None:
    assert leaks("<p>Nothing is saved yet: please look at these fields.</p>") != []
    assert leaks("<p>This field is required.</p>") == ["This", "field", "is"]
    assert leaks("<p>Hello Lise, Devis 12, Pneus</p>") == []


def hidden(source: str) -> list[int]:
    """The lines of calls of gettext inside an f-string, where no extractor looks."""
    texts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    calls = [part for text in texts for part in ast.walk(text) if isinstance(part, ast.Call)]
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"_", "gettext"}]


def test_no_msgid_hides_in_an_f_string() -> None:
    assert hidden("name = f\"{_('quote')}.pdf\"") == [1]
    assert [path for path in language.PACKAGE.rglob("*.py") if hidden(path.read_text())] == []
