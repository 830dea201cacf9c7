"""What the columns of a price list may be called, in French and English, and where each of them stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gardien.base import text
from gardien.catalogue.rules.amounts import CURRENCIES, SIGNS, agreed, currency_code
from gardien.catalogue.rules.rejections import LineRefused, Reason, UnreadableList
from gardien.catalogue.rules.table import Record

# What each column may be called, folded; the first two names are shown when it is missing. A price is one tyre's, VAT
# included: "prix ht" is no name of it. Names that say two things in use ("bruit", "statut") are no names.
_NAMES = {
    "source_id": "id|référence|ref|sku|article|code article|référence article",
    "brand": "brand|marque|manufacturer|fabricant",
    "pattern": "pattern|profil|modèle|model|tread pattern",
    "designation": "designation|size|désignation|dimension|dimensions|tyre size|taille",
    "price": "price|prix ttc|prix|price per tyre|prix par pneu|prix unitaire ttc|prix public ttc|tarif ttc",
    "ean": "ean|gtin|ean13|ean 13|code ean",
    "season": "season|saison",
    "currency": "currency|devise|monnaie",
    "load_index": "load index|indice de charge|li|li1",
    "speed_symbol": "speed index|indice de vitesse|speed symbol|speed rating|code vitesse|sp1",
    "is_run_flat": "run flat|roulage à plat|runflat",
    "oe_marks": "oe marks|homologation|oe mark|marquage constructeur|homologation constructeur|marquage oe",
    "fuel_efficiency": "fuel efficiency|efficacité énergétique|fuel efficiency class|efficacité en carburant"
    "|rolling resistance|résistance au roulement|carburant",
    "wet_grip": "wet grip|adhérence sur sol mouillé|wet grip class|adhérence sol mouillé|sol mouillé",
    "noise_class": "noise class|classe de bruit|classe bruit|noise class type|classe sonore",
    "noise_db": "noise db|bruit db|db|niveau sonore db|noise level db|niveau sonore|noise level|bruit externe db",
    "has_snow_grip": "3pmsf|neige|snow|snow grip|adhérence neige|adhérence sur neige|3pmsfmark",
    "has_ice_grip": "ice grip|verglas|ice|glace|adhérence verglas|adhérence sur glace|adhérence sur verglas",
    "tyre_class": "tyre class|classe de pneu|classe pneu|classe du pneu",
    "regulation": "regulation|règlement|eu regulation|règlement ue|eudirectivenumber",
    "exemption": "label exemption|exemption étiquette|nongradingeligibility|non grading eligibility|exemption",
    "eprel_id": "eprel id|eprel|id eprel|numéro eprel|code eprel|lien eprel",
    "lifecycle": "lifecycle|cycle de vie|prodcycle",
    "valid_from_date": "valid from|valable à partir du|valable dès le|applicable à partir du|date d effet",
    "eco_fee": "recycling fee|éco contribution|recyclingfee|éco contribution ttc|éco participation|écotaxe",
}
MANDATORY = ("source_id", "brand", "pattern", "designation", "price")
FIELDS = tuple(_NAMES)
_BY_NAME = {text.fold(name): field for field, names in _NAMES.items() for name in names.split("|")}
_HEADER_CURRENCY = re.compile(r"(?P<name>.+?) ?\(?(?P<mark>[€£]|(?<=[ (])[A-Za-z]{3})\)?")
_CURRENCY_SIGN = re.compile("[$\u00a2-\u00a5\u20a0-\u20cf]")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands, how many columns the file has, and the currency that the price's name holds."""

    positions: Mapping[str, int]
    count: int
    price_currency: str | None

    def values(self, record: Record) -> dict[str, str]:
        """Return the cells of a line by field, as they were read; empty for a column that the file does not have.

        Raises LineRefused for a line with more cells than columns, and for one that could not be told apart.
        """
        if record.refusal:
            raise record.refusal
        if any(cell.strip() for cell in record.cells[self.count :]):
            raise LineRefused(Reason.TOO_MANY_CELLS, found=len(record.cells), expected=self.count)
        found = dict.fromkeys(FIELDS, "")
        for field, position in self.positions.items():
            found[field] = record.cells[position] if position < len(record.cells) else ""
        found["currency"] = found["currency"] if found["currency"].strip() else self.price_currency or ""
        return found

    def refuse_flaws(self, record: Record, values: dict[str, str]) -> None:
        """Raise LineRefused where a cell that is read holds a formula, an error, or is merged; empty their values."""
        flawed = [field for field, position in self.positions.items() if position in record.flaws]
        values.update(dict.fromkeys(flawed, ""))
        if flawed:
            raise LineRefused(record.flaws[self.positions[flawed[0]]], column=shown(flawed[0]))


def shown(field: str) -> str:
    """Name a column as people call it, in both languages: `price / prix ttc`."""
    return " / ".join(_NAMES[field].split("|")[:2])


def positions(header: Sequence[str]) -> dict[str, int]:
    """Return where each field stands in a line of column names."""
    named = ((_named(cell), position) for position, cell in enumerate(header))
    return {meaning[0]: position for meaning, position in named if meaning}


def read_columns(header: Sequence[str]) -> Columns:
    """Read the line of column names; raise UnreadableList for one that is missing or there twice."""
    meanings = [meaning for meaning in map(_named, header) if meaning]
    fields = [field for field, _ in meanings]
    twice = next((field for field in fields if fields.count(field) > 1), None)
    if twice:
        raise UnreadableList(Reason.COLUMN_TWICE, column=shown(twice))
    missing = [shown(field) for field in MANDATORY if field not in fields]
    if missing:
        raise UnreadableList(Reason.MISSING_COLUMNS, columns=", ".join(missing))
    count = max(position for position, cell in enumerate(header, 1) if cell.strip())
    return Columns(positions(header), count, agreed(currency for _, currency in meanings))


def _named(cell: str) -> tuple[str, str | None] | None:
    """Find the field that a column's name means, and the currency in it: `Prix TTC (€)`; None for any other name."""
    parts = _HEADER_CURRENCY.fullmatch(" ".join(cell.split()))
    if parts and parts["mark"].upper() in (*CURRENCIES, *SIGNS):
        is_price = _BY_NAME.get(text.fold(parts["name"])) == "price"
        return ("price", currency_code(parts["mark"])) if is_price else None
    field = None if _CURRENCY_SIGN.search(cell) else _BY_NAME.get(text.fold(cell))
    return (field, None) if field else None
