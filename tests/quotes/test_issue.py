"""Issuing: number, totals and document exist together or not at all."""

import re
from pathlib import Path

import pytest
from django.test import override_settings

from gardien.base import clock
from gardien.commitment import policy, queries
from gardien.quotes import _sheet, actions
from gardien.quotes.models import Counter as CounterRow
from tests.quotes.counter import Counter, day, jobs_of, rows
from tests.quotes.test_drafting import at_once
from tests.walls.house import fingerprints

COUNTED = "SELECT number, rank FROM quotes_quote WHERE tenant_id = %s AND year = %s ORDER BY rank"


def test_issuing_gives_number_totals_document_job_and_entry_at_once(counter: Counter) -> None:
    at = day(2031)
    quote = counter.sell(at, "99.99", "12.50")
    assert (quote.number, quote.rank, quote.state) == ("D-TILLEUL-2031-000001", 1, "issued")
    assert (quote.issued_at, str(quote.valid_until_date)) == (at, "2031-07-15")
    assert [str(amount) for amount in (quote.total_ht, quote.total_vat, quote.total_ttc)] == [
        "374.97",
        "74.99",
        "449.96",
    ]
    assert jobs_of(quote) == [("quotes.verify", str(counter.tenant), "todo")]
    document = counter.document(quote)
    told = "SELECT subject, \"references\" FROM journal_entry WHERE tag = 'quotes:quote:issued' AND controller_id = %s"
    told += " AND \"references\"->>'quote' = %s"
    references = {"quote": str(quote.id), "pdf": document.sha256, "version": queries.in_force(clock.legal_day(at)).id}
    assert rows(told, counter.tenant, str(quote.id)) == [(quote.customer.reference, references)]


def test_issuing_again_returns_the_same_quote_and_changes_nothing(counter: Counter) -> None:
    quote = counter.sell(day(2032))
    before = fingerprints()
    again = counter.issue(quote, day(2032, 7))
    assert (again.id, again.number, again.issued_at) == (quote.id, quote.number, day(2032))
    assert fingerprints() == before


def test_issuing_one_draft_many_times_at_once_gives_one_number(counter: Counter) -> None:
    at = day(2033)
    draft = counter.draft(at, "10.00")
    issued = at_once(5, lambda: counter.issue(draft, at))
    assert {quote.number for quote in issued} == {"D-TILLEUL-2033-000001"}
    assert (len(jobs_of(draft)), rows(COUNTED, counter.tenant, 2033)) == (1, [("D-TILLEUL-2033-000001", 1)])


def test_quotes_issued_at_the_same_time_are_numbered_without_a_gap(counters: dict[str, Counter]) -> None:
    at = day(2034)
    drafts = [(counter, counter.draft(at, "10.00")) for counter in counters.values() for _ in range(6)]
    waiting = iter(drafts)

    def issue_next() -> None:
        counter, draft = next(waiting)
        counter.issue(draft, at)

    at_once(len(drafts), issue_next)
    for code, counter in counters.items():
        expected = [(f"D-{code}-2034-{rank:06d}", rank) for rank in range(1, 7)]
        assert rows(COUNTED, counter.tenant, 2034) == expected


def test_each_repairer_and_each_year_counts_from_one(counters: dict[str, Counter]) -> None:
    sold = [
        counters[code].sell(day(year)).number for code, year in (("TILLEUL", 2035), ("CANAL", 2035), ("TILLEUL", 2036))
    ]
    assert sold == ["D-TILLEUL-2035-000001", "D-CANAL-2035-000001", "D-TILLEUL-2036-000001"]


@pytest.mark.parametrize(
    ("hour", "minute", "number"), [(22, 59, "D-TILLEUL-2037-000001"), (23, 30, "D-TILLEUL-2038-000001")]
)
def test_the_year_is_that_of_paris(counter: Counter, hour: int, minute: int, number: str) -> None:
    quote = counter.sell(day(2037, 12, 31, hour, minute))
    assert quote.number == number


def test_the_validity_is_counted_from_the_day_in_paris(counter: Counter) -> None:
    assert str(counter.sell(day(2039, 12, 31, 23, 30)).valid_until_date) == "2040-01-31"


def test_a_draft_without_a_line_is_refused_and_nothing_moves(counter: Counter) -> None:
    draft = counter.draft(day(2041))
    before = fingerprints()
    with pytest.raises(actions.NothingOfferedError):
        counter.issue(draft, day(2041))
    assert fingerprints() == before


def folder_with(folder: Path, **versions: tuple[str, str]) -> Path:
    """Write versions into a folder: day of effect to a pair, what is replaced in the package's own and by what."""
    own = (policy.VERSIONS_FOLDER / "2020-01-25.yaml").read_text()
    for version, (old, new) in versions.items():
        assert old in own
        effective = own.replace("effective_date: 2020-01-25", f"effective_date: {version}")
        (folder / f"{version}.yaml").write_text(effective.replace(old, new))
    return folder


def test_a_quote_whose_pdf_cannot_be_made_takes_no_number(counter: Counter, tmp_path: Path) -> None:
    at, lead = day(2042), "Votre réparateur : {controller.details}."
    assert counter.sell(at).number == "D-TILLEUL-2042-000001"
    draft = counter.draft(at, "10.00")
    before, long = fingerprints(), folder_with(tmp_path, **{"2020-01-25": (lead, (lead + " ") * 50)})
    with override_settings(GARDIEN_VERSIONS_FOLDER=long), pytest.raises(_sheet.NoticeTooLongError):
        counter.issue(draft, at)
    assert fingerprints() == before
    assert jobs_of(draft) == []
    assert counter.issue(draft, at).number == "D-TILLEUL-2042-000002"


def test_the_version_in_force_on_the_day_is_frozen_with_the_quote(counter: Counter, tmp_path: Path) -> None:
    lead = "Votre réparateur : {controller.details}."
    changed = folder_with(
        tmp_path, **{"2020-01-25": (lead, lead), "2043-06-15": (lead, "Qui vous reçoit : {controller.details}.")}
    )
    with override_settings(GARDIEN_VERSIONS_FOLDER=changed):
        early, late = (counter.sell(at) for at in (day(2043, 6, 14, 21, 59), day(2043, 6, 14, 22, 0)))
    documents = [counter.document(quote) for quote in (early, late)]
    assert [document.version for document in documents] == ["2020-01-25", "2043-06-15"]
    assert documents[0].verso_sha256 != documents[1].verso_sha256


def test_a_failure_after_issuing_gives_the_number_back(counter: Counter) -> None:
    from gardien.base import scope

    at = day(2044)
    draft = counter.draft(at, "10.00")
    before = fingerprints()
    with pytest.raises(RuntimeError), scope.entered(counter.tenant):
        assert actions.issue(quote_id=draft.id, by=counter.by, at=at).number == "D-TILLEUL-2044-000001"
        raise RuntimeError
    assert (fingerprints(), jobs_of(draft)) == (before, [])
    assert counter.issue(draft, at).number == "D-TILLEUL-2044-000001"


def test_the_counter_says_the_last_number(counter: Counter) -> None:
    for _ in range(2):
        counter.sell(day(2045))
    assert counter.read(lambda: CounterRow.objects.get(year=2045).last) == 2


def test_a_number_tells_nothing_but_repairer_year_and_rank(counter: Counter) -> None:
    quote = counter.sell(day(2046), last_name="Canarien", first_name="Zita")
    assert re.fullmatch(r"D-TILLEUL-2046-\d{6}", quote.number or "")
