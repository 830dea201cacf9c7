"""The document of an issued quote: sealed, frozen, checked by a job, and naming its own repairer."""

import hashlib
import io
import re
from typing import Any

import pytest
from procrastinate.contrib.django import app
from pypdf import PdfReader

from gardien.base import clock, crypto, jobs, scope
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.customers import rules
from gardien.quotes import queries
from gardien.quotes.jobs import AlteredDocumentError, verify
from gardien.quotes.models import QuoteDocument
from gardien.quotes.queries import paper
from tests.conftest import as_role
from tests.quotes.counter import Counter, day, jobs_of, rows

AT = day(2026)


def pages(counter: Counter, quote: Any) -> list[str]:
    """Return the text of each page of an issued quote, without blanks."""
    read = PdfReader(io.BytesIO(counter.pdf(quote))).pages
    return [re.sub(r"[\s\u00ad]", "", page.extract_text()) for page in read]


def alter(quote: Any, sealed: bytes) -> None:
    """Overwrite the stored document as somebody with the app role's rights would."""
    with as_role("app") as connection:
        connection.execute("SELECT set_config('gardien.controller', %s, true)", [str(quote.tenant_id)])
        connection.execute("UPDATE quotes_quotedocument SET sealed = %s WHERE quote_id = %s", [sealed, quote.id])


def sealed(quote: Any) -> bytes:
    """Return the stored bytes."""
    return bytes(rows("SELECT sealed FROM quotes_quotedocument WHERE quote_id = %s", quote.id)[0][0])


def verified(quote: Any) -> bool:
    """Say whether the job has marked the document."""
    return rows("SELECT verified_at IS NOT NULL FROM quotes_quotedocument WHERE quote_id = %s", quote.id) == [(True,)]


def run_worker() -> None:
    """Run the queue's jobs with the real worker until none is left."""
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def test_the_stored_bytes_are_sealed_and_open_as_the_pdf_that_was_hashed(counter: Counter) -> None:
    quote = counter.sell(AT, last_name="Canarien")
    stored, content = sealed(quote), counter.pdf(quote)
    assert (content[:5], stored.count(b"%PDF"), b"Canarien" in stored) == (b"%PDF-", 0, False)
    assert hashlib.sha256(content).hexdigest() == counter.document(quote).sha256
    assert len(stored) == len(content) + 93


@pytest.mark.parametrize("place", [0, 4, 5, 40, 70, 90, -1])
def test_an_altered_document_does_not_open(counter: Counter, place: int) -> None:
    quote = counter.sell(AT)
    altered = bytearray(sealed(quote))
    altered[place] ^= 1
    alter(quote, bytes(altered))
    with pytest.raises(crypto.Unreadable):
        counter.pdf(quote)


def test_the_document_of_another_quote_does_not_open_in_its_place(counter: Counter) -> None:
    first, second = counter.sell(AT), counter.sell(AT)
    alter(first, sealed(second))
    with pytest.raises(crypto.Unreadable):
        counter.pdf(first)


@pytest.mark.parametrize("code", ["TILLEUL", "CANAL"])
def test_the_verso_is_the_commitments_notice_of_that_repairer(counters: dict[str, Counter], code: str) -> None:
    counter = counters[code]
    quote = counter.sell(AT)
    recto, verso = pages(counter, quote)
    notice = documents.verso(
        commitment.in_force(clock.legal_day(AT)), paper.controller(counter.membership.site.repairer), "fr"
    )
    for line in filter(None, notice.text().splitlines()):
        assert re.sub(r"[\s\u00ad]", "", line) in verso
    assert counter.document(quote).verso_sha256 == notice.sha256
    other = counters[{"TILLEUL": "CANAL", "CANAL": "TILLEUL"}[code]].membership.site.repairer
    assert [re.sub(r"\s", "", name) in recto + verso for name in (other.name, other.email, other.siren)] == [False] * 3


def test_the_recto_bears_number_customer_and_amounts(counter: Counter) -> None:
    quote = counter.sell(AT, "99.99", "12.50", last_name="Canarien", first_name="Zita")
    recto = pages(counter, quote)[0]
    for text in (quote.number, quote.customer.reference, "ZitaCanarien", "GH-482-KL", "449,96", "374,97", "74,99"):
        assert text in recto


def test_the_recto_bears_the_lines_of_the_postal_address_in_their_order(counter: Counter) -> None:
    told = {
        "last_name": "Lhôte-Delavigne de La Rochefontaine",
        "first_name": "Marie-Christine",
        "building": "Résidence des Lilas, bât. B",
        "street": "7 impasse des Lilas",
        "locality": "BP 12",
        "postcode": "99100",
        "city": "Vauclair-sur-Sarve",
    }
    quote = counter.sell(AT, **told, phone=rules.parse_phone("+1 212-555-0123"))
    lines = (
        *("Marie-Christine Lhôte-Delavigne de La", "Rochefontaine", "Résidence des Lilas, bât. B"),
        *("7 impasse des Lilas", "BP 12", "99100 VAUCLAIR-SUR-SARVE", "+1 212-555-0123"),
    )
    assert quote.customer.postal_lines == lines[:-1]
    assert "".join(re.sub(r"\s", "", line) for line in lines) in pages(counter, quote)[0]
    firm = counter.sell(
        AT, **{**told, "last_name": "Lhôte", "building": "", "country": "BE"}, company="Transports Sarvane"
    )
    recto = pages(counter, firm)[0]
    assert "TransportsSarvaneMarie-ChristineLhôte7impassedesLilasBP1299100VAUCLAIR-SUR-SARVEBELGIQUE" in recto


def test_characters_that_the_fonts_lack_are_reported(counter: Counter) -> None:
    quote = counter.sell(AT, last_name="张伟", first_name="Zoë 😀")
    assert set(counter.document(quote).replaced.split()) == set("张伟😀")
    plain = counter.sell(AT, last_name="Lœuvre-Şahin", first_name="Zoë")
    assert counter.document(plain).replaced == ""


def test_a_quote_without_a_document_says_so(counter: Counter) -> None:
    with pytest.raises(queries.NotIssuedError):
        counter.document(counter.draft(AT, "10.00"))


def test_the_worker_verifies_each_issued_quote(counter: Counter) -> None:
    quote = counter.sell(AT)
    assert (verified(quote), jobs_of(quote)) == (False, [("quotes.verify", str(counter.tenant), "todo")])
    run_worker()
    assert (verified(quote), jobs_of(quote)) == (True, [("quotes.verify", str(counter.tenant), "succeeded")])


def test_the_worker_fails_on_an_altered_document_and_on_a_forged_tenant(counters: dict[str, Counter]) -> None:
    own, other = counters["TILLEUL"], counters["CANAL"]
    altered, foreign = own.sell(AT), own.sell(AT)
    alter(altered, settings_seal(own, altered))
    with scope.entered(other.tenant):
        jobs.defer("quotes.verify", tenant=other.tenant, quote=foreign.id)
    with as_role("app") as connection:
        connection.execute(
            "DELETE FROM procrastinate_jobs WHERE args->>'quote' = %s AND args->>'tenant' = %s",
            [str(foreign.id), str(own.tenant)],
        )
    run_worker()
    assert [verified(quote) for quote in (altered, foreign)] == [False, False]
    assert jobs_of(altered) == [("quotes.verify", str(own.tenant), "failed")]
    assert jobs_of(foreign) == [("quotes.verify", str(other.tenant), "failed")]


def settings_seal(counter: Counter, quote: Any) -> bytes:
    """Return other bytes, sealed with the right key for this very quote."""
    from django.conf import settings

    return settings.GARDIEN_KEYRING.seal(counter.pdf(quote) + b" ", context=queries.seal_context(quote.id))


def test_a_job_without_its_tenant_fails_closed(counters: dict[str, Counter]) -> None:
    quote = counters["TILLEUL"].sell(AT)
    for tenant, refusal in (
        (str(counters["CANAL"].tenant), queries.NotIssuedError),
        (str(quote.id), queries.NotIssuedError),
        ("", ValueError),
    ):
        with pytest.raises(refusal):
            verify(tenant=tenant, quote=str(quote.id))
    assert verified(quote) is False
    with pytest.raises(scope.NoScopeError):
        QuoteDocument.objects.count()


def test_a_document_that_is_not_the_frozen_one_is_named(counter: Counter) -> None:
    quote = counter.sell(AT)
    alter(quote, settings_seal(counter, quote))
    with pytest.raises(AlteredDocumentError):
        verify(tenant=str(counter.tenant), quote=str(quote.id))
