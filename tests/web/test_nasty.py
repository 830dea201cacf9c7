"""Every nasty string in every form: kept as `clean` gives it, or refused in French; never a fault, never slow.

`make soak` puts each into each field; a normal run each into one of plain text, every third into one of the others.
"""

import html
import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest
from django.test import Client

from gardien.base import text
from gardien.network.models import Throttle
from tests import nasty, scene
from tests.web import counter

STRINGS = nasty.load()
TYPED_AT_MOST = 4_000
SECONDS = 1.0
LINES = 40
THREE = Decimal(3)
GOOD = {"last_name": "Moreau", "plate": "GH-482-KL", "plate_country": "FR"}
LENGTHS = {"last_name": 38, "first_name": 38, "street": 76, "city": 38, "company": 80, "make": 40, "model": 40}
READ = ("postcode", "mobile", "phone", "email", "siren", "plate", "plate_country")
COLUMNS = ", ".join(LENGTHS)


def received(value: str) -> str:
    """Return what the portal receives of a value: half a surrogate pair does not survive HTTP."""
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def clean(value: str, length: int) -> str | None:
    """Return what is kept of a value, None where it is refused."""
    typed = received(value)
    try:
        return text.clean(typed.replace("\x00", "").strip(), max_length=length) if len(typed) <= TYPED_AT_MOST else None
    except text.Refused:
        return None


def timed(send: Callable[[], Any]) -> tuple[Any, float]:
    """Send a request; return the answer and the seconds that it took: of our own work, whatever else the machine does.

    Waiting counts a tenth. A slow answer is asked for once more, for the machine may have stood still.
    """
    for _ in range(2):
        begun, work = time.perf_counter(), time.thread_time()
        answer = send()
        seconds = max(time.thread_time() - work, (time.perf_counter() - begun) / 10)
        if seconds <= SECONDS:
            break
    return answer, seconds


def is_raw(value: str, page: str) -> bool:
    """Tell whether a page holds a text with a tag in it unescaped; `<b` alone begins its own body."""
    return "<" in value.strip()[:-2] and received(value).strip() in page


def sent(client: Client, door: str, fields: dict[str, str], *kept: str) -> tuple[Any, list[str]]:
    """Send a form; return the answer and what is wrong: a fault, slowness, silence, English, something typed gone."""
    body = counter.encoded(fields)
    answer, seconds = timed(lambda: client.post(door, body, content_type=counter.FORM))
    found = [f"takes {seconds:.1f} s"] if seconds > SECONDS else []
    if answer.status_code not in {200, 302, 400, 403, 404, 422}:
        found.append(f"answers {answer.status_code}")
    if answer.status_code == 302:
        return answer, found
    said = counter.sentences(answer.text)
    found += [] if said else [f"answers {answer.status_code} without a word"]
    found += [f"says {each[:80]!r}" for each in said if not counter.is_french(each)]
    found += ["is shown as it came, tags and all" for value in fields.values() if is_raw(value, answer.text)]
    if answer.status_code in {200, 422}:
        found += ["what was typed is gone" for value in kept if html.escape(received(value)) not in answer.text]
    return answer, found


@pytest.fixture(params=["in turn", pytest.param("all", marks=pytest.mark.soak)])
def choose(request: pytest.FixtureRequest) -> Callable[[int, Sequence[str]], Sequence[str]]:
    """Say which fields a string goes into: each, or every third string into one field after the other."""

    def chosen(number: int, fields: Sequence[str]) -> Sequence[str]:
        turn = number % (3 * len(fields) - 1)
        return fields if request.param == "all" else fields[turn : turn + 1]

    return chosen


@pytest.fixture
def client(sign_in: Any, at: Any) -> Client:
    """Sign in an adviser who meets faults as a visitor does: by their status."""
    signed_in: Client = sign_in(counter.ADVISER)
    signed_in.raise_request_exception = False
    return signed_in


class Desk:
    """An adviser who fills the intake form again and again, each time for a new customer."""

    def __init__(self, client: Client) -> None:
        self.client, self.form = client, counter.heard(client)
        self.before = counter.rows()
        self.found: list[str] = []
        self.told: dict[str, tuple[str, dict[str, str]]] = {}

    def fill(self, where: str, typed: dict[str, str]) -> None:
        """Send the form; keep what was told of who is recorded now."""
        kept = [value for field, value in typed.items() if field != "plate_country"]
        answer, found = sent(self.client, self.form, typed, *kept)
        self.found += [f"{where}: {fault}" for fault in found]
        if answer.status_code == 302:
            card = answer.headers["Location"]
            self.told[card.split("/")[2]] = (where, typed)
            self.form = counter.heard(self.client)
            name = clean(typed["last_name"], LENGTHS["last_name"]) or ""
            page = self.client.get(card).text if html.escape(name) != name else html.escape(name)
            if html.escape(name) not in page or any(is_raw(value, page) for value in typed.values()):
                self.found.append(f"{where}: is not on the card, escaped")

    def differences(self) -> list[str]:
        """Say what is wrong, and where the tables hold something else than what was told, cleaned."""
        query = f"SELECT c.id, {COLUMNS} FROM customers_customer c JOIN customers_vehicle v ON v.customer_id = c.id"
        with counter.as_role("backup") as connection:
            rows = {str(row[0]): row[1:] for row in connection.execute(query).fetchall()}
        for key, (where, typed) in self.told.items():
            expected = tuple(clean(typed.get(field, ""), length) for field, length in LENGTHS.items())
            if rows.get(key) != expected:
                self.found.append(f"{where}: kept as {rows.get(key)}")
        added = {table: count - self.before[table] for table, count in counter.rows().items()}
        people = len(self.told)
        moved = (added["customers_customer"], added["consent_reading"], added["journal_entry"])
        if moved != (people, people, 2 * people):
            self.found.append(f"{people} people left {added}")
        return self.found


@pytest.mark.parametrize("together", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_each_nasty_string_told_as_a_name_is_kept_clean_or_refused_in_french(client: Client, together: bool) -> None:
    def accepts(value: str) -> bool:
        return together and all(clean(value, length) for length in LENGTHS.values())

    desk, strings = Desk(client), [each for each in STRINGS if len(each[1]) <= TYPED_AT_MOST]
    for where, typed in nasty.forms(strings, LENGTHS, accepts):
        desk.fill(where, {**GOOD, **typed})
    assert desk.differences() == []
    assert len({value for _, typed in desk.told.values() for value in typed.values()}) > 100


def test_each_nasty_string_in_a_field_of_the_intake_form_is_kept_clean_or_refused(client: Client, choose: Any) -> None:
    desk = Desk(client)
    for number, (name, value) in enumerate(STRINGS):
        fields = READ if len(value) <= TYPED_AT_MOST else (*READ, *LENGTHS)
        for field in choose(number, fields):
            desk.fill(f"{name} in {field}", {**GOOD, "make": "Sarvane", field: value})
    assert desk.differences() == []


def test_each_nasty_string_as_a_service_is_shown_escaped_and_printed(client: Client) -> None:
    found: list[str] = []
    strings = iter(STRINGS)
    card = counter.customer(client, last_name="O'Brien 张伟", first_name="#panic(1) $x$", make="<b>", model="😀")
    while batch := list(islice(strings, LINES)):
        path = counter.draft(client, card)
        for name, value in batch:
            answer, faults = sent(client, f"{path}prestations/", counter.service(value), value)
            found += [f"{name}: {fault}" for fault in faults]
            found += [] if bool(clean(value, 200)) == (answer.status_code == 302) else [f"{name}: {answer.status_code}"]
        page = client.get(path).text
        labels = [label for _, value in batch if (label := clean(value, 200))]
        found += [f"{label[:40]!r}: is not on the page" for label in labels if html.escape(label) not in page]
        found += [f"{label[:40]!r}: is shown unescaped" for label in labels if is_raw(label, page)]
        client.post(f"{path}emettre/")
        if not client.get(f"{path}pdf/").content.startswith(b"%PDF"):
            found.append(f"no PDF of {[name for name, _ in batch]}")
    assert found == []


def test_each_nasty_string_as_a_figure_of_a_quote_is_that_number_or_refused(
    client: Client, choose: Any, at: Any
) -> None:
    scene.price_list(at)
    path = counter.draft(client)
    article = re.search(r'name="article" value="([^"]+)"', client.get(path, {"size": "2055516"}).text)[1]
    good = {"quantity": str(THREE), "unit_price": str(THREE), "vat_rate": "20.00"}
    services = tuple(f"service-{field}" for field in (*good, "line_key"))
    before = counter.rows()
    found: list[str] = []
    for number, (name, value) in enumerate(STRINGS):
        for field in choose(number, (*services, *good, "line_key", "article", "mileage")):
            tyre = {**good, "article": article, "line_key": str(uuid.uuid4())}
            door, form = ("prestations", counter.service("Montage", "3", "3")) if field in services else ("pneus", tyre)
            door, form = ("kilometrage", {}) if field == "mileage" else (door, form)
            kept = [value] if field.endswith(("quantity", "unit_price", "mileage")) else []
            answer, faults = sent(client, f"{path}{door}/", {**form, field: value}, *kept)
            if answer.status_code == 302 and field != "mileage":
                told = THREE if field.endswith("line_key") else number_in(value)
                faults += [f"is read as {read}" for read in taken_off(client, path) if read != told]
            found += [f"{name} in {field}: {fault}" for fault in faults]
    after = counter.rows()
    assert found == []
    assert {table for table in before if after[table] != before[table]} == {"journal_entry"}


def taken_off(client: Client, path: str) -> Iterator[Decimal]:
    """Take every line off a draft again, and give the number that is not 3 on it."""
    page = client.get(path).text
    for action in re.findall(r'action="(/devis/[^"]+/retirer/)"', page):
        client.post(action)
    for figures in re.findall(r'<td class="number unfold">([\d,\s]+)</td><td class="number unfold">([\d,\s]+)€', page):
        quantity, price = (Decimal("".join(each.split()).replace(",", ".")) for each in figures)
        yield quantity if price == THREE else price


def number_in(value: str) -> Decimal | str:
    """Return the amount that a text tells: digits with one comma or point, blanks between them, and perhaps a euro sign."""
    whole, _, part = "".join(value.split()).removesuffix("€").replace(".", ",").partition(",")
    return Decimal(f"{whole or 0}.{part or 0}") if (whole + part).isdecimal() else f"{value!r}, which is no number"


def test_each_nasty_string_is_searched_without_harm(client: Client, choose: Any) -> None:
    counter.customer(client)
    before = counter.rows()
    found: list[str] = []
    for number, (name, value) in enumerate(STRINGS):
        body = counter.encoded({"text": value})
        answer, seconds = timed(lambda: client.post("/clients/recherche/", body, content_type=counter.FORM))  # noqa: B023
        if answer.status_code != 200 or seconds > SECONDS:
            found.append(f"{name}: {answer.status_code} in {seconds:.1f} s")
        for door in choose(number, ("/pneus/",)):
            sized = client.get(door, {"size": received(value)[:5_000]})
            found += [] if sized.status_code == 200 else [f"{name} as a size: {sized.status_code}"]
        if html.escape(received(value)[:20].strip()) not in answer.text:
            found.append(f"{name}: the page no longer shows what was looked for")
    assert found == []
    assert counter.rows() == before


def test_each_nasty_string_as_an_identifier_of_a_form_is_refused(client: Client, choose: Any) -> None:
    page = client.get(counter.customer(client)).text
    ids = dict(re.findall(r'name="(customer|vehicle|draft_key)" value="([^"]+)"', page))
    before = counter.rows()
    found: list[str] = []
    for number, (name, value) in enumerate(STRINGS):
        for field in choose(number, (*ids, "membership")):
            door, form = ("/compte/role/", {}) if field == "membership" else ("/devis/nouveau/", ids)
            if (field != "vehicle" or value.strip()) and "0000-0000" not in value:
                answer, faults = sent(client, door, {**form, field: value})
                found += [f"{name} in {field}: {fault}" for fault in faults]
                found += [] if answer.status_code in {400, 403, 404} else [f"{name} in {field}: {answer.status_code}"]
    assert found == []
    assert counter.rows() == before


def test_each_nasty_string_in_an_address_is_not_found(client: Client, choose: Any) -> None:
    places = ("/clients/{}/", "/clients/nouveau/{}/", "/devis/{}/", "/devis/{}/pdf/", "/{}", "/static/{}")
    found: list[str] = []
    for number, (name, value) in enumerate(STRINGS):
        quoted = "".join(f"%{byte:02X}" for byte in value[:2_000].encode("utf-8", "surrogatepass"))
        for place in choose(number, places):
            answer, seconds = timed(lambda: client.get(place.format(quoted)))  # noqa: B023
            expected = {404} if value.strip("/. ") else {200, 301, 302, 404}
            if answer.status_code not in expected or seconds > SECONDS:
                found.append(f"{name} in {place}: {answer.status_code} in {seconds:.1f} s")
    assert found == []


def test_each_nasty_string_as_an_e_mail_address_or_a_password_is_refused_in_french(client: Client, choose: Any) -> None:
    stranger = Client(raise_request_exception=False)
    before = counter.rows()
    found: list[str] = []
    for number, (name, value) in enumerate(STRINGS):
        for field in choose(number, ("login",) * 11 + ("password",)):
            Throttle.objects.all().delete()  # how many attempts are allowed is another test's
            typed = {"login": counter.ADVISER, "password": "faux", "next": value[:2_000], field: value}
            kept = [value] if field == "login" else []
            found += [f"{name} in {field}: {fault}" for fault in sent(stranger, "/compte/connexion/", typed, *kept)[1]]
    Throttle.objects.all().delete()
    assert found == []
    assert counter.rows() == before
    assert "session" not in stranger.cookies


def test_each_nasty_string_as_a_cookie_or_a_header_does_no_harm(committed: None, choose: Any) -> None:
    cookies = ("session", "csrf", "messages")
    headers = ("Accept-Language", "User-Agent", "HX-Request", "HX-Current-URL", "Referer", "If-Modified-Since", "Host")
    found: list[str] = []
    for number, (name, value) in enumerate(STRINGS):
        octal = "".join(f"\\{byte:03o}" for byte in value[:100].encode("utf-8", "surrogatepass"))
        for header in choose(number, headers) or (["Referer"] if "\x00" in value else []):
            sent = {header: octal, "Cookie": "; ".join(f'{cookie}="{octal}"' for cookie in cookies)}
            status = Client(raise_request_exception=False).get("/", headers=sent).status_code
            found += [] if status in {302, 400} else [f"{name} in {header}: {status}"]
    assert found == []
