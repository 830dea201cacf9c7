"""From a quote's rows to the sheet that is printed."""

from decimal import Decimal

from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberFormat, format_number, parse

from gardien.base import clock
from gardien.commitment.documents import Controller, Document
from gardien.customers.models import Customer
from gardien.network import queries as network
from gardien.network.models import Repairer
from gardien.network.models import Site as SiteRow

from .. import _sheet
from ..models import Quote, QuoteLine
from ..rules.vocabulary import ReusedParts, option_letter


def controller(repairer: Repairer) -> Controller:
    """Return the repairer as its customers' notice names it."""
    return Controller(
        name=repairer.name,
        legal_form=repairer.legal_form,
        address_lines=_address(repairer.street, repairer.postcode, repairer.city),
        email=repairer.email,
        phone=_dialled(repairer.phone),
    )


def sheet(quote: Quote, lines: list[QuoteLine], verso: Document) -> _sheet.QuoteSheet:
    """Return all that is printed on an issued quote, whose verso is `verso`."""
    customer, vehicle = quote.customer, quote.vehicle
    assert quote.number and quote.issued_at and quote.valid_until_date  # noqa: S101, PT018 -- the table's check says so
    return _sheet.QuoteSheet(
        language="fr",
        number=quote.number,
        issued_on=clock.legal_day(quote.issued_at),
        valid_until=quote.valid_until_date,
        author_first_name=network.user(quote.author_id).first_name,
        repairer=_repairer(quote.site.repairer),
        site=_site(quote.site),
        customer=_customer(customer),
        vehicle=vehicle and _sheet.Vehicle(vehicle.plate_display, vehicle.make, vehicle.model, quote.mileage),
        lines=_lines(lines, 0),
        options=tuple(
            _sheet.SheetOption(_("Offer %(letter)s") % {"letter": option_letter(option)}, _lines(lines, option))
            for option in sorted({line.option for line in lines} - {0})
        ),
        policy=quote.policy,
        replaces=(quote.revises.number or "") if quote.revises else "",
        mentions=_mentions(quote, lines),
        notice=_sheet.Notice(
            title=verso.title,
            sections=tuple(_sheet.Section(part.title, part.paragraphs) for part in verso.sections),
            version=verso.version_id,
            sha256=verso.sha256,
        ),
    )


def _lines(lines: list[QuoteLine], option: int) -> tuple[_sheet.SheetLine, ...]:
    return tuple(_sheet.SheetLine(line.label, line.detail, line.figures) for line in lines if line.option == option)


def _mentions(quote: Quote, lines: list[QuoteLine]) -> tuple[str, ...]:
    said = {
        ReusedParts.YES.value: _("The customer wishes parts from the circular economy, if available."),
        ReusedParts.NO.value: _("The customer does not wish parts from the circular economy."),
    }
    excuses = sorted({line.label_excuse for line in lines} - {""})
    return (*filter(None, (said.get(quote.reused_parts, ""),)), *excuses, *filter(None, (quote.site.quote_text,)))


def _customer(customer: Customer) -> _sheet.Customer:
    details = customer.details
    name, *address = customer.postal_lines or ("",)
    return _sheet.Customer(
        name=name,
        address=tuple(address),
        phones=tuple(phone.display for phone in (details.phone, details.mobile) if phone),
        email=details.email,
        reference=customer.reference,
    )


def _repairer(repairer: Repairer) -> _sheet.Repairer:
    return _sheet.Repairer(
        name=repairer.name,
        legal_form=repairer.legal_form,
        address=_address(repairer.street, repairer.postcode, repairer.city),
        siren=repairer.siren,
        vat_number=repairer.vat_number,
        rcs=repairer.trade_register,
        capital=None if repairer.capital is None else Decimal(repairer.capital),
        phone=_dialled(repairer.phone),
        email=repairer.email,
    )


def _site(site: SiteRow) -> _sheet.Site:
    return _sheet.Site(
        name=site.name,
        address=_address(site.street, site.postcode, site.city),
        siret=site.siret,
        phone=_dialled(site.phone),
    )


def _address(street: str, postcode: str, city: str) -> tuple[str, ...]:
    return tuple(filter(None, (street, f"{postcode} {city}".strip())))


def _dialled(e164: str) -> str:
    return format_number(parse(e164), PhoneNumberFormat.NATIONAL)
