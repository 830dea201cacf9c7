"""Which lines mean the same tyre: its EAN, else the supplier and its id; whose facts count, whose price stands in front."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from gardien.base.actor import Actor
from gardien.catalogue import actions
from gardien.catalogue.models import Article, Listing, PriceList
from tests.catalogue.workbooks import HEADER

EANS = ("2900000000018", "2900000000025", "2900000000032")
BY = Actor.program("import")
Import = Callable[..., tuple[int, int, int, int]]


@pytest.fixture
def imported(cast: Any, at: datetime) -> Import:
    """Return a function that imports lines of a supplier and gives imported, updated, unchanged, quarantined."""

    def done(supplier: str, *lines: str, header: str = ";".join(HEADER)) -> tuple[int, int, int, int]:
        raw = "\n".join((header, *lines)).encode()
        found = actions.import_tyres(raw=raw, file_name="x.csv", supplier=supplier, currency=None, by=BY, at=at)
        return found.imported, found.updated, found.unchanged, found.quarantined

    return done


def line(source_id: str, ean: str = "", price: str = "72,90", currency: str = "EUR", **told: str) -> str:
    cells = {"brand": "Kestrane", "pattern": "Rivage 3", "size": "205/55 R16 91V", "season": "été", **told}
    return ";".join((source_id, ean, *cells.values(), price, currency))


def test_two_suppliers_who_list_one_ean_list_one_tyre_and_the_cheapest_stands_in_front(imported: Import) -> None:
    assert imported("north", line("N1", EANS[0], "80,00")) == (1, 0, 0, 0)
    assert imported("south", line("S1", EANS[0], "70,00", brand="KESTRANE")) == (0, 1, 0, 0)
    article = Article.objects.get()
    assert (article.supplier, article.source_id, article.price) == ("south", "S1", Decimal("70.00"))
    assert (article.described_by, article.brand) == ("north", "Kestrane")
    assert sorted(Listing.objects.values_list("supplier", "price")) == [
        ("north", Decimal("80.00")), ("south", Decimal("70.00")),
    ]  # fmt: skip
    assert imported("north", line("N1", EANS[0], "80,00")) == (0, 0, 1, 0)
    assert imported("south", line("S1", EANS[0], "70,00", brand="KESTRANE")) == (0, 0, 1, 0)
    assert imported("south", line("S1", EANS[0], "90,00", brand="KESTRANE")) == (0, 1, 0, 0)
    assert Article.objects.get().supplier == "north"


def test_a_cheaper_price_in_pounds_never_stands_before_one_in_euros(imported: Import) -> None:
    imported("paris", line("P1", EANS[0], "80,00"))
    imported("leeds", line("L1", EANS[0], "50,00", "GBP"))
    article = Article.objects.get()
    assert (article.price, article.currency, article.listings.count()) == (Decimal("80.00"), "EUR", 2)


def test_without_an_ean_the_supplier_and_its_id_are_the_tyre(imported: Import) -> None:
    assert imported("north", line("A1"), line("A2")) == (2, 0, 0, 0)
    assert imported("south", line("A1")) == (1, 0, 0, 0)
    assert imported("north", line("A1", price="75,00"), line("A2")) == (0, 1, 1, 0)
    assert Article.objects.count() == 3


def test_a_tyre_that_gets_its_ean_later_stays_the_same_and_keeps_it(imported: Import) -> None:
    imported("north", line("A1"))
    known = Article.objects.get().id
    assert imported("north", line("A1", EANS[0])) == (0, 1, 0, 0)
    assert imported("north", line("A1")) == (0, 0, 1, 0)
    assert Article.objects.get(ean=EANS[0]).id == known


def test_an_id_that_a_supplier_uses_for_another_tyre_does_not_rewrite_the_first(imported: Import) -> None:
    imported("north", line("A1", EANS[0]))
    assert imported("north", line("A1", EANS[1], size="225/45 R17 94W")) == (1, 0, 0, 0)
    first, second = (Article.objects.get(ean=ean) for ean in EANS[:2])
    assert (first.size_key, first.lifecycle, first.listings.count()) == ("205/55R16", "ended", 0)
    assert (second.size_key, second.lifecycle, second.listings.count()) == ("225/45R17", "", 1)


def test_one_ean_under_two_ids_of_one_file_sets_both_aside(imported: Import) -> None:
    assert imported("north", line("A1", EANS[0]), line("A2", EANS[0], "70,00"), line("A3", EANS[1])) == (1, 0, 0, 2)
    reasons = PriceList.objects.get().quarantine.values_list("line", "reason", "parameters")
    assert list(reasons) == [(2, "same_ean_twice", {"other": "3"}), (3, "same_ean_twice", {"other": "2"})]


def test_another_suppliers_label_and_season_fill_what_is_empty_and_overwrite_nothing(imported: Import) -> None:
    labelled = ";".join((*HEADER, "Carburant", "Sol mouillé", "Classe de bruit", "Bruit dB"))
    imported("north", line("N1", EANS[0], season=""))
    imported("south", line("S1", EANS[0]) + ";B;A;B;70", header=labelled)
    article = Article.objects.get()
    assert (article.label_status, article.fuel_efficiency, article.noise_db, article.season) == (
        "graded",
        "B",
        70,
        "summer",
    )
    imported("east", line("E1", EANS[0], season="hiver") + ";E;E;C;75", header=labelled)
    article.refresh_from_db()
    assert (article.fuel_efficiency, article.season) == ("B", "summer")


def test_the_facts_of_a_designation_and_its_columns_are_kept_apart(imported: Import) -> None:
    imported("north", line("A1", size="245/45 R19 102Y XL ZP * J 3PMSF", season="hiver"))
    article = Article.objects.get()
    kept = (article.rim_inch, article.load_index, article.speed_symbol, article.speed_kmh, article.load_version)
    assert kept == (Decimal("19.0"), 102, "Y", 300, "XL")
    assert (article.oe_marks, article.is_run_flat, article.run_flat_text) == (["*", "J"], True, "ZP")
    assert (article.has_snow_grip, article.tyre_class, article.brand_key) == (True, "C1", "kestrane")


def test_the_figures_of_a_list_always_add_up(imported: Import) -> None:
    imported("north", line("A1"), line("A1"), line("A2", "123"), "junk", line("A3", price="x"), line("A4", EANS[2]))
    found = PriceList.objects.get()
    assert (found.read, found.imported, found.quarantined) == (6, 2, 4)
    assert found.quarantine.count() == 4
