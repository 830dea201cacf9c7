"""Why a record may be the same person's as another."""

from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from gardien.base import text as base_text
from gardien.customers.rules.details import Details

NEAR: Final = 0.8
"""The least likeness of two words that a slip sets apart: Dupont and Dupond are nearer, Dupont and Dubois are not."""


class Reason(StrEnum):
    """What two records have in common, the most telling first; a household or a car that was sold has some, too."""

    SAME_PLATE = "same_plate"
    SAME_SIREN = "same_siren"
    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SAME_NAME = "same_name"
    NEAR_NAME = "near_name"
    FORMER_PLATE = "former_plate"


def of_names(told: Details, known: Details) -> Reason | None:
    """Return what two names have in common: the same words in any order and spelling, or nearly so, or nothing.

    Companies are compared by their names alone, whoever came. A name is near where a slip sets a word apart, or where
    one of the first names was not told; it counts of customers with the same postcode only.
    """
    one, other = _name(told), _name(known)
    if bool(told.company) != bool(known.company) or not base_text.fold(one):
        return None
    if sorted(base_text.words(one)) == sorted(base_text.words(other)):
        return Reason.SAME_NAME
    is_neighbour = bool(told.postcode) and told.postcode == known.postcode
    return Reason.NEAR_NAME if is_neighbour and _are_near(told, known) else None


def _name(details: Details) -> str:
    return details.company or f"{details.last_name} {details.first_name}"


def _are_near(told: Details, known: Details) -> bool:
    if told.company:
        return _is_near(told.company, known.company)
    are_first_told = told.first_name and known.first_name
    is_first_near = not are_first_told or _is_near(told.first_name, known.first_name)
    return is_first_near and _is_near(told.last_name, known.last_name)


def _is_near(one: str, other: str) -> bool:
    return SequenceMatcher(None, base_text.fold(one), base_text.fold(other), autojunk=False).ratio() >= NEAR
