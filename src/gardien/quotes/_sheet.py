"""The sheet a customer takes home: the quote on the recto, the customers' notice on the verso.

Pure: plain data in, the JSON of `pdf/quote.typ` out. The amounts are computed here by `rules.money`, so the paper,
the page and the stored figures have one source. The template holds no word of its own: labels come from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from gardien.base import pdf
from gardien.quotes._labels import LABELS, LOCALES, Language
from gardien.quotes.rules import money

TEMPLATE = Path(__file__).parent / "pdf" / "quote.typ"


class NoticeTooLongError(ValueError):
    """The customers' notice does not fit on one A4 page at 8 points, as the quote's verso must."""


@dataclass(frozen=True, slots=True)
class Repairer:
    """The legal entity that quotes. Empty strings and a capital of None are left out of the sheet."""

    name: str
    legal_form: str
    address: tuple[str, ...]
    siren: str
    vat_number: str
    rcs: str
    """The town of the trade register."""
    capital: Decimal | None
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Site:
    """The place where the customer was received."""

    name: str
    address: tuple[str, ...]
    siret: str
    phone: str


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom the quote is for; empty strings are left out."""

    name: str
    address: tuple[str, ...]
    phones: tuple[str, ...]
    email: str
    reference: str


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What it is for; empty strings and a mileage of None (else kilometres) are left out."""

    plate: str
    make: str
    model: str
    mileage: int | None


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line: what it is, what completes it (size, load and speed index, label…), its figures."""

    designation: str
    detail: str
    figures: money.Line


@dataclass(frozen=True, slots=True)
class SheetOption:
    """One of several offers between which the customer chooses: its name and the lines that are its own."""

    title: str
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the notice."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """The customers' notice as the commitment words it for this repairer."""

    title: str
    sections: tuple[Section, ...]
    version: str
    """The commitment's version, its day of effect."""
    sha256: str
    """Hash of the notice's text, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class QuoteSheet:
    """All that is printed on a quote; dates are days in Paris, `mentions` are sentences put under the lines.

    With `options`, `lines` are those that every one of them includes. `replaces` is the number of the quote that this
    one revises, or empty.
    """

    language: Language
    number: str
    issued_on: date
    valid_until: date
    author_first_name: str
    repairer: Repairer
    site: Site
    customer: Customer
    vehicle: Vehicle | None
    lines: tuple[SheetLine, ...]
    mentions: tuple[str, ...]
    notice: Notice
    policy: money.Policy = money.Policy.TTC_FIRST
    options: tuple[SheetOption, ...] = ()
    replaces: str = ""


def render(sheet: QuoteSheet, at: datetime) -> pdf.Pdf:
    """Return the two-sided PDF, dated `at` (aware): equal sheets at an equal instant give equal bytes.

    The notice is the last page, alone on it. Raises NoticeTooLongError, and what `base.pdf.render` and
    `rules.money.totals` raise.
    """
    try:
        return pdf.render(TEMPLATE, document(sheet), at)
    except pdf.TemplateRefusedError as refusal:
        raise NoticeTooLongError(refusal.reason) from None


def document(sheet: QuoteSheet) -> dict[str, object]:
    """Return what `pdf/quote.typ` prints, in the order and the language of print: strings, lists and mappings."""
    words = LABELS[sheet.language]
    title = f"{words['quote']} {sheet.number}"
    return {
        "language": sheet.language,
        "title": title,
        "words": words,
        "number": sheet.number,
        "replaces": words["replaces"].format(number=sheet.replaces) if sheet.replaces else "",
        "facts": _pairs(
            (words["issued_on"], _day(sheet.issued_on, sheet.language)),
            (words["valid_until"], _day(sheet.valid_until, sheet.language)),
            (words["author"], sheet.author_first_name),
            (words["reference"], sheet.customer.reference),
        ),
        "repairer": _repairer(sheet, words),
        "customer": {
            "name": sheet.customer.name,
            "rows": _present(*sheet.customer.address, *sheet.customer.phones, sheet.customer.email),
        },
        "vehicle": _vehicle(sheet, words),
        "columns": _columns(sheet, words),
        "tables": _tables(sheet, words),
        "totals": _totals(sheet, words),
        "mentions": list(sheet.mentions),
        "data": words["data"].format(version=sheet.notice.version),
        "notice": {
            "title": sheet.notice.title,
            "sections": [{"title": part.title, "paragraphs": list(part.paragraphs)} for part in sheet.notice.sections],
            "reference": words["your_reference"].format(reference=sheet.customer.reference),
            "version": words["version"].format(version=sheet.notice.version),
            "hash": words["hash"].format(hash=sheet.notice.sha256),
        },
    }


def _repairer(sheet: QuoteSheet, words: Mapping[str, str]) -> dict[str, object]:
    repairer, site = sheet.repairer, sheet.site
    form = repairer.legal_form
    if repairer.capital is not None:
        form = words["capital"].format(form=form, capital=_euros(repairer.capital, sheet.language))
    return {
        "name": repairer.name,
        "rows": _present(*repairer.address, repairer.phone, repairer.email),
        "site": {"name": site.name, "rows": _present(*site.address, site.phone)},
        "legal": _present(
            repairer.name,
            form,
            *(f"{words[key]} {value}" for key, value in _identifiers(repairer, site) if value),
        ),
    }


def _identifiers(repairer: Repairer, site: Site) -> tuple[tuple[str, str], ...]:
    return ("siren", repairer.siren), ("rcs", repairer.rcs), ("siret", site.siret), ("vat_number", repairer.vat_number)


def _vehicle(sheet: QuoteSheet, words: Mapping[str, str]) -> list[list[str]]:
    vehicle = sheet.vehicle
    if vehicle is None:
        return []
    mileage = "" if vehicle.mileage is None else f"{_decimal(Decimal(vehicle.mileage), sheet.language)}\u00a0km"
    return _pairs(
        (words["plate"], vehicle.plate),
        (words["model"], f"{vehicle.make} {vehicle.model}".strip()),
        (words["mileage"], mileage),
    )


def _columns(sheet: QuoteSheet, words: Mapping[str, str]) -> list[str]:
    told = "ht" if sheet.policy is money.Policy.HT_FIRST else "ttc"
    return [words["designation"], words["quantity"], words[f"unit_{told}"], words["rate"], words[f"line_{told}"]]


def _tables(sheet: QuoteSheet, words: Mapping[str, str]) -> list[dict[str, object]]:
    """Return a table per option and one of the lines that all have; a single table without options."""
    named = [(option.title, option.lines) for option in sheet.options]
    if sheet.lines or not named:
        named.append((words["common"] if named else words["lines"], sheet.lines))
    figures = [line.figures for _, lines in named for line in lines]
    decimals = max((_decimals(each.quantity) for each in figures), default=0)
    return [
        {"title": title, "lines": [_line(line, sheet, words, decimals) for line in lines]} for title, lines in named
    ]


def _line(line: SheetLine, sheet: QuoteSheet, words: Mapping[str, str], decimals: int) -> dict[str, object]:
    return {
        "designation": line.designation,
        "details": _present(line.detail, _discount(line.figures, sheet.language, words)),
        "quantity": _decimal(line.figures.quantity, sheet.language, decimals),
        "unit": _euros(line.figures.unit_price, sheet.language),
        "rate": _rate(line.figures.rate, sheet.language),
        "total": _euros(money.line_total(line.figures), sheet.language),
    }


def _discount(figures: money.Line, language: Language, words: Mapping[str, str]) -> str:
    return words["discount"].format(amount=_euros(figures.discount, language)) if figures.discount else ""


def _totals(sheet: QuoteSheet, words: Mapping[str, str]) -> list[dict[str, object]]:
    """Return what each option comes to with the lines that all have; one total without options."""
    choices = [(option.title, (*option.lines, *sheet.lines)) for option in sheet.options] or [("", sheet.lines)]
    found: list[dict[str, object]] = []
    for title, lines in choices:
        totals = money.totals((line.figures for line in lines), sheet.policy)
        rows = [[words["total_ht"], _euros(totals.ht, sheet.language)]]
        for part in totals.by_rate:
            label = words["vat"].format(rate=_rate(part.rate, sheet.language), ht=_euros(part.ht, sheet.language))
            rows.append([label, _euros(part.vat, sheet.language)])
        found.append({"title": title, "rows": rows, "ttc": _euros(totals.ttc, sheet.language)})
    return found


def _present(*texts: str) -> list[str]:
    return [text for text in texts if text]


def _pairs(*pairs: tuple[str, str]) -> list[list[str]]:
    return [[label, value] for label, value in pairs if value]


def _euros(amount: Decimal, language: Language) -> str:
    return format_currency(amount, "EUR", locale=LOCALES[language])


def _rate(rate: Decimal, language: Language) -> str:
    return f"{_decimal(rate, language)}\u00a0%" if language == "fr" else f"{_decimal(rate, language)}%"


def _decimal(value: Decimal, language: Language, decimals: int = 0) -> str:
    pattern = f"#,##0.{'0' * decimals}{'#' * (2 - decimals)}"
    return format_decimal(value, format=pattern, locale=LOCALES[language])


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _day(day: date, language: Language) -> str:
    return format_date(day, format="long", locale=LOCALES[language])
