"""The sheet: figures and words on the recto, the notice alone on the verso."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pikepdf
import pytest
from pypdf import PageObject, PdfReader

from gardien.base import pdf
from gardien.quotes import _sheet as sheet
from gardien.quotes.rules import money

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HASH = "0123456789abcdef" * 4
SECTION = sheet.Section("Vos droits", ("Vous pouvez demander l’accès à vos données.", "Écrivez à dpo@repareo.example."))


def line(designation: str, quantity: str, unit: str, rate: str = "20", discount: str = "0") -> sheet.SheetLine:
    figures = money.Line(Decimal(quantity), Decimal(unit), Decimal(rate), Decimal(discount))
    return sheet.SheetLine(designation, "205/55 R16 91V", figures)


QUOTE = sheet.QuoteSheet(
    language="fr",
    number="D-RA042-2026-000123",
    issued_on=date(2026, 11, 22),
    valid_until=date(2026, 12, 22),
    author_first_name="Camille",
    repairer=sheet.Repairer(
        name="Garage des Tilleuls",
        legal_form="SAS",
        address=("12 rue des Tilleuls", "69003 Lyon"),
        siren="123 456 782",
        vat_number="FR 32 123456782",
        rcs="Lyon",
        capital=Decimal(50000),
        phone="04 65 71 12 34",
        email="contact@tilleuls.example",
    ),
    site=sheet.Site("Atelier de la Gare", ("3 place de la Gare", "69003 Lyon"), "123 456 782 00015", "04 65 71 12 35"),
    customer=sheet.Customer(
        name="Élodie Marchand-Lefèvre",
        address=("8 impasse du Moulin", "69100 Villeurbanne"),
        phones=("06 39 98 12 34",),
        email="elodie@marchand.example",
        reference="C-7K2M9QXA",
    ),
    vehicle=sheet.Vehicle("AB-123-CD", "Altamira", "Sierra", 84250),
    lines=(
        line("Pneu Altamira Rivage", "4", "99.99"),
        line("Montage", "4", "18.50", discount="8"),
        line("Commande au volant", "1", "1240", "5.5"),
    ),
    mentions=("Devis gratuit.",),
    notice=sheet.Notice("Vos données personnelles", (SECTION, SECTION), "2020-01-25", HASH),
)


def pages(document: pdf.Pdf) -> list[PageObject]:
    return list(PdfReader(io.BytesIO(document.content)).pages)


def words(page: PageObject) -> str:
    """Return a page's text with every space, of whatever width, as one plain space."""
    return re.sub(r"\s+", " ", page.extract_text())


def verso_of(*sections: sheet.Section) -> sheet.QuoteSheet:
    return replace(QUOTE, notice=replace(QUOTE.notice, sections=sections))


def test_a_quote_has_two_a4_pages_of_one_size() -> None:
    sizes = [(round(page.mediabox.width), round(page.mediabox.height)) for page in pages(sheet.render(QUOTE, AT))]
    assert sizes == [(595, 842), (595, 842)]


def test_the_recto_shows_every_figure() -> None:
    recto = words(pages(sheet.render(QUOTE, AT))[0])
    expected = (
        "4 99,99 € 20 % 399,96 €",
        "Remise : −8,00 € 4 18,50 € 20 % 66,00 €",
        "1 1 240,00 € 5,5 % 1 240,00 €",
        "Total HT 1 563,66 €",
        "TVA 20 % sur 388,30 € 77,66 €",
        "TVA 5,5 % sur 1 175,36 € 64,64 €",
        "Total TTC 1 705,96 €",
        "Valable jusqu’au 22 décembre 2026",
        "84 250 km",
    )
    assert [text for text in expected if text not in recto] == []


OFFERS = replace(
    QUOTE,
    lines=(line("Montage", "4", "18.50"),),
    options=(
        sheet.SheetOption("Offre A", (line("Pneu Altamira Rivage", "4", "129.99"),)),
        sheet.SheetOption("Offre B", (line("Pneu Norvak Cap", "4", "99.99"),)),
        sheet.SheetOption("Offre C", (line("Pneu Tessin Ligne", "4", "64.50"),)),
    ),
)


def test_each_of_three_offers_shows_its_lines_and_its_total_with_what_all_include() -> None:
    found = pages(sheet.render(OFFERS, AT))
    recto = words(found[0])
    assert len(found) == 2
    expected = ("Offre A", "Offre B", "Offre C", "Compris dans chaque offre", "Offre choisie", "4 18,50 € 20 % 74,00 €")
    assert [text for text in expected if text not in recto] == []
    assert re.findall(r"Total TTC ([\d ]+,\d\d) €", recto) == ["593,96", "473,96", "332,00"]
    assert "Offre choisie" not in words(pages(sheet.render(QUOTE, AT))[0])


def test_a_company_reads_prices_without_tax() -> None:
    recto = words(pages(sheet.render(replace(QUOTE, policy=money.Policy.HT_FIRST), AT))[0])
    expected = ("Prix unit. HT", "Total HT 1 705,96 €", "TVA 20 % sur 465,96 € 93,19 €", "Total TTC 1 867,35 €")
    assert [text for text in expected if text not in recto] == []
    assert "Prix unit. TTC" not in recto


def test_a_revision_names_the_quote_that_it_replaces() -> None:
    recto = words(pages(sheet.render(replace(QUOTE, replaces="D-RA042-2026-000122"), AT))[0])
    assert ("Remplace le devis" in recto, "D-RA042-2026-000122" in recto) == (True, True)
    assert "Remplace" not in words(pages(sheet.render(QUOTE, AT))[0])


def test_the_recto_names_the_parties_and_the_vehicle() -> None:
    recto = words(pages(sheet.render(QUOTE, AT))[0])
    repairer, site, customer = QUOTE.repairer, QUOTE.site, QUOTE.customer
    expected = (
        *(repairer.name, *repairer.address, repairer.phone, repairer.email, repairer.siren, repairer.vat_number),
        *(site.name, *site.address, site.phone, site.siret, "SAS au capital de 50 000,00 €", "RCS Lyon"),
        *(customer.name, *customer.address, *customer.phones, customer.email, customer.reference),
        *(QUOTE.number, "Camille", "AB-123-CD", "Altamira Sierra", "Devis gratuit.", "Bon pour accord"),
    )
    assert [text for text in expected if text not in recto] == []


def test_the_verso_holds_the_notice_its_version_and_its_hash() -> None:
    verso = words(pages(sheet.render(QUOTE, AT))[1])
    expected = (QUOTE.notice.title, SECTION.title, *SECTION.paragraphs, "version 2020-01-25", HASH)
    assert [text for text in expected if text not in verso] == []


def test_the_recto_points_to_the_verso_and_its_version() -> None:
    assert "voir au verso (engagement, version 2020-01-25)" in words(pages(sheet.render(QUOTE, AT))[0])


def test_an_english_sheet_speaks_english_and_shows_the_same_amounts() -> None:
    recto = words(pages(sheet.render(replace(QUOTE, language="en"), AT))[0])
    expected = ("Quote", "22 December 2026", "Total excl. VAT €1,563.66", "VAT 5.5% on €1,175.36 €64.64", "€1,705.96")
    assert [text for text in expected if text not in recto] == []


def test_the_two_languages_have_the_same_labels_and_blanks() -> None:
    blanks = {
        language: {key: sorted(re.findall(r"{(\w+)}", label)) for key, label in labels.items()}
        for language, labels in sheet.LABELS.items()
    }
    assert blanks["fr"] == blanks["en"]


def test_many_lines_flow_over_pages_under_a_repeated_header_with_the_notice_last() -> None:
    texts = [words(page) for page in pages(sheet.render(replace(QUOTE, lines=QUOTE.lines * 20), AT))]
    assert len(texts) > 3
    assert [f"Page {rank}/{len(texts)}" in text for rank, text in enumerate(texts[:-1], 1)] == [True] * (len(texts) - 1)
    assert [text.count("Prix unit. TTC") for text in texts[:-2]] == [1] * (len(texts) - 2)
    assert [SECTION.paragraphs[0] in text for text in texts] == [False] * (len(texts) - 1) + [True]


def test_a_notice_too_long_for_one_page_is_refused() -> None:
    with pytest.raises(sheet.NoticeTooLongError):
        sheet.render(verso_of(*[replace(SECTION, paragraphs=SECTION.paragraphs * 4)] * 14), AT)


@pytest.mark.parametrize("count", [0, 1, 2, 12, 18])
def test_a_notice_that_fits_takes_one_page(count: int) -> None:
    assert len(pages(sheet.render(verso_of(*[SECTION] * count), AT))) == 2


def font_sizes(page: PageObject) -> set[float]:
    sizes: list[float] = []

    def note(text: str, _user: object, matrix: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.append(round(abs(size * matrix[3]), 1))

    page.extract_text(visitor_text=note)
    return set(sizes)


def longest_verso() -> PageObject:
    """Return the verso of the longest notice that is not refused, four paragraphs at a time."""
    last = pages(sheet.render(QUOTE, AT))[1]
    for count in range(20, 200, 4):
        try:
            last = pages(
                sheet.render(verso_of(*[replace(SECTION, paragraphs=SECTION.paragraphs[:1] * count)] * 2), AT)
            )[1]
        except sheet.NoticeTooLongError:
            break
    return last


def test_the_longest_notice_that_fits_is_printed_at_eight_points() -> None:
    assert min(font_sizes(longest_verso())) == 8.0


def test_a_short_notice_is_printed_larger() -> None:
    assert {11.0, 8.0} <= font_sizes(pages(sheet.render(QUOTE, AT))[1])


def test_typst_code_in_a_designation_prints_literally() -> None:
    code = '#panic() *b* $x$ \\u{41} #import "x" @r'
    assert code in words(pages(sheet.render(replace(QUOTE, lines=(line(code, "1", "1"),)), AT))[0])


def test_a_name_the_fonts_cannot_draw_is_replaced_and_reported() -> None:
    document = sheet.render(replace(QUOTE, customer=replace(QUOTE.customer, name="张伟 😀 Marchand")), AT)
    assert document.replaced == ("张", "伟", "😀")
    assert "■■ ■ Marchand" in words(pages(document)[0])


def test_a_word_longer_than_its_column_is_cut_into_lines_and_loses_no_letter() -> None:
    document = sheet.render(replace(QUOTE, customer=replace(QUOTE.customer, email="m" * 240 + "@x.example")), AT)
    recto = pages(document)[0].extract_text()
    assert re.search("m{240}@x.example", re.sub(r"\s+", "", recto)) is not None
    assert max(map(len, re.findall("m+", recto))) <= 20


def test_what_is_unknown_leaves_no_label_behind() -> None:
    bare = replace(
        QUOTE,
        vehicle=None,
        repairer=replace(QUOTE.repairer, siren="", vat_number="", rcs="", capital=None),
        customer=sheet.Customer("Élodie", (), (), "", ""),
    )
    recto = words(pages(sheet.render(bare, AT))[0])
    absent = ("Véhicule", "Kilométrage", "SIREN", "RCS", "capital", "Référence client")
    assert [text for text in absent if text in recto] == []


def test_equal_sheets_give_equal_bytes() -> None:
    assert sheet.render(QUOTE, AT).sha256 == sheet.render(replace(QUOTE), AT).sha256


def test_the_table_has_header_cells_and_the_document_no_active_content() -> None:
    with pikepdf.open(io.BytesIO(sheet.render(QUOTE, AT).content)) as document:
        dictionaries = [each for each in document.objects if isinstance(each, pikepdf.Dictionary)]
        roles = [str(each["/S"]) for each in dictionaries if "/S" in each and "/P" in each]
        keys = {key for each in dictionaries for key in each.keys()}  # noqa: SIM118
        assert (roles.count("/TH"), roles.count("/Table"), roles.count("/H1")) == (5, 1, 2)
        assert keys & {"/JS", "/JavaScript", "/OpenAction", "/AA", "/EmbeddedFiles", "/EF", "/URI", "/Launch"} == set()
        names = (str(document.docinfo["/Title"]), str(document.docinfo["/Author"]))
    assert names == ("Devis D-RA042-2026-000123", "Garage des Tilleuls")
