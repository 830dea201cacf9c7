"""Documents: what reaches the template, what is refused, what the bytes are."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from gardien.base import pdf

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HEAD = """
#set document(title: "Essai", author: "Atelier")
#set text(font: "Source Sans Pro", fallback: false, lang: "fr", hyphenate: false)
#let data = json(bytes(sys.inputs.data))
"""
PAYLOADS = (
    "#panic()",
    "*b* _i_ `c`",
    "$x$ <l> @r",
    "\\u{41}",
    '#read("/etc/passwd")',
    "// c /* d */",
    "= titre",
    "-- --- ... ~",
    "\"guillemets\" 'simples'",
    "<script>alert(1)</script>",
    '"}, "text": "',
)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Return a template that prints `data.text`, in a folder of its own below another file."""
    (tmp_path / "outside.txt").write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    return write(folder / "page.typ", "#data.text")


def write(path: Path, body: str) -> Path:
    path.write_text(HEAD + body)
    return path


def text_of(document: pdf.Pdf) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document.content)).pages)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_typst_code_in_data_prints_literally(template: Path, payload: str) -> None:
    assert text_of(pdf.render(template, {"text": payload}, AT)) == payload


def test_equal_data_gives_equal_bytes_whatever_the_time_zone_of_the_instant(template: Path) -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=9)))
    assert pdf.render(template, {"text": "é"}, AT) == pdf.render(template, {"text": "e\u0301"}, elsewhere)


def test_another_instant_gives_other_bytes(template: Path) -> None:
    later = AT + timedelta(seconds=1)
    assert pdf.render(template, {"text": "é"}, AT).sha256 != pdf.render(template, {"text": "é"}, later).sha256


def test_threads_render_the_same_bytes_as_one(template: Path) -> None:
    texts = [f"document {rank}" for rank in range(12)]
    alone = [pdf.render(template, {"text": text}, AT).sha256 for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: pdf.render(template, {"text": text}, AT).sha256, texts))
    assert together == alone


def test_characters_without_a_glyph_are_replaced_and_reported_once_each(template: Path) -> None:
    document = pdf.render(template, {"text": "张伟 张 😀\ufe0f Élodie Łukasz"}, AT)
    assert (text_of(document), document.replaced) == ("■■ ■ ■ Élodie Łukasz", ("张", "伟", "😀"))


def test_controls_bidi_marks_and_lone_surrogates_vanish(template: Path) -> None:
    nasty = "a\x00\x1b\x85\u202a\u202e\u2066\u2069\u200e\u200f\u061c\u200b\u200d\u00ad\ufeff\ud800\udfffb"
    document = pdf.render(template, {"text": nasty}, AT)
    assert (text_of(document), document.replaced) == ("ab", ())


def test_spaces_dashes_and_wide_forms_become_their_plain_kin(template: Path) -> None:
    document = pdf.render(template, {"text": "a\tb\u2009c\u2011d \uff26\uff34"}, AT)
    assert (text_of(document), document.replaced) == ("a b c-d FT", ())


def test_every_string_at_any_depth_is_cleaned(template: Path) -> None:
    write(template, '#data.people.map(it => it.names.join("|")).join("/")')
    document = pdf.render(template, {"people": [{"names": ["a\u202e", "伟"]}, {"names": ("b",)}]}, AT)
    assert (text_of(document), document.replaced) == ("a|■/b", ("伟",))


@pytest.mark.parametrize(
    "data",
    [
        {"text": "x" * (pdf.MAX_STRING + 1)},
        {"text": "", "many": ["x" * pdf.MAX_STRING] * 20},
        {"text": "", "many": [None] * pdf.MAX_TOTAL},
        {"text": "", "deep": [[[[[[[[[[]]]]]]]]]]},
    ],
)
def test_data_too_long_or_too_deep_is_refused(template: Path, data: dict[str, object]) -> None:
    with pytest.raises(pdf.TooLargeError):
        pdf.render(template, data, AT)


@pytest.mark.parametrize("value", [1.5, Decimal(1), b"x", AT, object(), {1: "x"}])
def test_values_that_are_not_plain_are_refused(template: Path, value: object) -> None:
    with pytest.raises(TypeError):
        pdf.render(template, {"text": "", "value": value}, AT)


def test_a_naive_instant_is_refused(template: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        pdf.render(template, {"text": ""}, AT.replace(tzinfo=None))


@pytest.mark.parametrize("path", ["/../outside.txt", "../outside.txt", "/etc/passwd"])
def test_a_template_reaches_nothing_outside_its_folder(template: Path, path: str) -> None:
    write(template, f'#read("{path}")')
    with pytest.raises(pdf.NotRenderedError):
        pdf.render(template, {"text": ""}, AT)


def test_a_template_s_own_refusal_is_named(template: Path) -> None:
    write(template, '#panic("refused: too-wide")')
    with pytest.raises(pdf.TemplateRefusedError) as refusal:
        pdf.render(template, {"text": ""}, AT)
    assert refusal.value.reason == "too-wide"


@pytest.mark.parametrize(
    "body",
    [
        '#text(font: "Libertinus Serif")[a]',
        "伟",
        "#panic(data.text)",
        '#set document(title: "")\na',
    ],
)
def test_another_font_a_missing_glyph_or_a_fault_is_refused_without_quoting_the_data(template: Path, body: str) -> None:
    write(template, body)
    with pytest.raises(pdf.NotRenderedError) as fault:
        pdf.render(template, {"text": "Élodie"}, AT)
    assert ("Élodie" in str(fault.value), fault.value.__cause__) == (False, None)


def test_the_document_claims_pdf_a_2a_and_pdf_ua_1_and_is_tagged(template: Path) -> None:
    content = pdf.render(template, {"text": "Bonjour"}, AT).content
    with pikepdf.open(io.BytesIO(content)) as document, document.open_metadata() as metadata:
        claims = (
            metadata["pdfaid:part"],
            metadata["pdfaid:conformance"],
            metadata["pdfuaid:part"],
            metadata["dc:title"],
        )
        assert claims == ("2", "A", "1", "Essai")
        assert (bool(document.Root.MarkInfo.Marked), str(document.Root.Lang)) == (True, "fr")


def test_fonts_are_the_open_type_faces_of_the_wheel_embedded(template: Path) -> None:
    write(template, "#data.text #text(weight: 600)[b] #text(weight: 700)[c]")
    content = pdf.render(template, {"text": "a"}, AT).content
    with pikepdf.open(io.BytesIO(content)) as document:
        fonts = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/FontName" in each]
        names = sorted(str(font.FontName).partition("+")[2] for font in fonts)
        embedded = {"/FontFile3" in font for font in fonts}
    assert (names, embedded) == (["SourceSansPro-Bold", "SourceSansPro-Regular", "SourceSansPro-Semibold"], {True})
