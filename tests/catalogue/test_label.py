"""The EU label: what a list tells of it, what is exempt, and what is no label."""

from decimal import Decimal
from typing import Any

import pytest

from gardien.catalogue.rules.designation import parse_designation
from gardien.catalogue.rules.label import SPEEDS_KMH, Exemption, Label, LabelStatus, tyre_class
from gardien.catalogue.rules.price_list import Lifecycle, Row, read_price_list
from tests.catalogue.workbooks import HEADER, listed, made, tyre

LABEL = ("Carburant", "Adhérence sur sol mouillé", "Classe de bruit", "Bruit (dB)")


def row(names: tuple[str, ...], cells: tuple[Any, ...], **told: Any) -> Row | str:
    """Read one line with further columns; its row, or the reason why it was set aside."""
    found = read_price_list(made((*HEADER, *names), (*tyre(**told), *cells)))
    return found.rows[0] if found.rows else found.rejected[0].reason.value


def label(names: tuple[str, ...], cells: tuple[Any, ...], **told: Any) -> Label:
    found = row(names, cells, **told)
    assert isinstance(found, Row), found
    return found.label


def test_a_whole_label_is_graded() -> None:
    names = (*LABEL, "3PMSF", "Verglas", "Lien EPREL", "Règlement UE")
    cells = ("B", "a", "B", "71 dB", "oui", "non", "https://label.example/qr/123456", "(UE) 2020/740")
    found = label(names, cells)
    assert found == Label("C1", "B", "A", "B", 71, True, False, "2020/740", None, "123456")
    assert found.status is LabelStatus.GRADED


@pytest.mark.parametrize("missing", range(4))
def test_a_label_that_lacks_one_of_its_four_figures_is_missing(missing: int) -> None:
    cells = ["B", "A", "B", 71]
    cells[missing] = ""
    assert label(LABEL, tuple(cells)).status is LabelStatus.MISSING


def test_a_list_without_a_label_says_nothing_of_it() -> None:
    found = read_price_list(listed(tyre())).rows[0].label
    assert (found, found.status) == (Label("C1"), LabelStatus.MISSING)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("F", "A", "B", 71, ""), "unknown_value"),
        (("F", "A", "B", 71, "1222/2009"), None),
        (("H", "A", "B", 71, "1222/2009"), "unknown_value"),
        (("B", "A", "D", 71, ""), "unknown_value"),
        (("B", "A", "2", 71, "1222/2009"), None),
        (("B", "A", "2", 71, ""), "unknown_value"),
        (("B", "A", "B", 171, ""), "not_a_number"),
        (("B", "A", "B", "loud", ""), "not_a_number"),
        (("B", "A", "B", 71, "2019/1"), "unknown_value"),
    ],
)
def test_a_class_that_the_regulation_does_not_have_sets_the_line_aside(cells: Any, reason: str | None) -> None:
    found = row((*LABEL, "Règlement"), cells)
    assert (None if isinstance(found, Row) else found) == reason


@pytest.mark.parametrize(
    ("size", "cell", "expected"),
    [
        ("205/55 R16 91V", "", None),
        ("205/55 R16 91V", "non", None),
        ("205/55 R16 91V", "oui", Exemption.UNSTATED),
        ("205/55 R16 91V", "clouté", Exemption.STUDDED),
        ("205/55 R16 91V", "rechapé", Exemption.RETREADED),
        ("T125/80 R17 99M", "", Exemption.TEMPORARY),
        ("145/80-10 68S", "", Exemption.RIM),
        ("145/80-10 68S", "non", Exemption.RIM),
        ("305/40 R25 110W", "", Exemption.RIM),
        ("305/40 R24 110W", "", None),
        ("195/70 R15 104E", "", Exemption.SLOW),
        ("195/70 R15 104F", "", None),
        ("195/70 R15", "", None),
    ],
)
def test_a_tyre_to_which_the_regulation_does_not_apply_is_exempt(
    size: str, cell: str, expected: Exemption | None
) -> None:
    found = label(("Exemption étiquette",), (cell,), size=size)
    assert found.exemption is expected
    assert found.status is (LabelStatus.EXEMPT if expected else LabelStatus.MISSING)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("205/55 R16 91V", "C1"),
        ("195/70 R15C 104/102R", "C2"),
        ("225/75 R16CP 116Q", "C2"),
        ("225/75 R16C 122/120R", "C3"),
        ("195/70 R15C 104/102L", "C3"),
        ("315/80 R22.5 156/150L", "C3"),
    ],
)
def test_the_class_of_a_tyre_follows_from_its_designation(size: str, expected: str) -> None:
    found = parse_designation(size)
    assert found is not None
    assert tyre_class(found) == expected


def test_speeds_rise_with_their_order() -> None:
    order = [f"A{rank}" for rank in range(1, 9)] + list("BCDEFGJKLMNPQRSTUHVWY")
    assert list(SPEEDS_KMH) == order
    assert list(SPEEDS_KMH.values()) == sorted(set(SPEEDS_KMH.values()))
    assert (SPEEDS_KMH["U"], SPEEDS_KMH["H"], SPEEDS_KMH["V"]) == (200, 210, 240)


def test_columns_that_give_a_fact_apart_outrank_the_designation() -> None:
    names = ("Indice de charge", "Indice de vitesse", "Roulage à plat", "Homologation")
    found = row(names, ("94/92", "W", "oui", "J, LR1"), size="205/55 R16 91V AO")
    assert isinstance(found, Row)
    told = found.designation
    assert (told.load_index, told.load_index_twin, told.speed_symbol, told.is_run_flat) == (94, 92, "W", True)
    assert told.oe_marks == ("AO", "J", "LR1")
    assert row(names, ("", "", "non", ""), size="205/55 R16 91V RFT").designation.is_run_flat is False  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "cell", "reason"),
    [
        ("Indice de charge", "lourd", "not_a_number"),
        ("Indice de charge", "205", "not_a_number"),
        ("Indice de vitesse", "X", "unknown_value"),
        ("Roulage à plat", "peut-être", "unknown_value"),
        ("Homologation", "J; jaguar land rover", "unknown_mark"),
        ("Cycle de vie", "W9", "unknown_value"),
        ("Valable à partir du", "31/02/2026", "not_a_day"),
        ("Valable à partir du", "demain", "not_a_day"),
        ("Éco-contribution", "1,234", "price_too_precise"),
        ("Éco-contribution", "£1.20", "currency_contradicted"),
        ("EPREL", "abc", "not_a_number"),
        ("Classe de pneu", "C4", "unknown_value"),
    ],
)
def test_a_value_that_no_column_knows_sets_the_line_aside(name: str, cell: str, reason: str) -> None:
    assert row((name,), (cell,)) == reason


def test_what_a_list_says_of_validity_range_and_fee_is_read() -> None:
    names = ("Cycle de vie", "Valable à partir du", "Éco-contribution")
    found = row(names, ("W3", "01/03/2026", "1,44 €"))
    assert isinstance(found, Row)
    assert (found.lifecycle, str(found.valid_from_date), found.eco_fee) == (
        Lifecycle.PHASING_OUT, "2026-03-01", Decimal("1.44"),
    )  # fmt: skip
    free = row(names, ("", "20260301", "0,00"))
    assert isinstance(free, Row)
    assert (free.lifecycle, free.eco_fee) == (None, Decimal("0.00"))
