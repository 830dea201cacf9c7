"""Opening repairers, sites, accounts and roles."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from stdnum import luhn

from gardien.base.actor import Actor
from gardien.network import actions, queries
from gardien.network.models import CentralParty, Membership, Repairer, Site, User
from gardien.network.rules import PartyKind
from tests.web import counter

BY = Actor.program("tests")
PLACE = actions.Place("1 rue du Test", "99100", "Vauclair", "accueil@essai.example", "+33199001501")
SIREN = "00040040" + luhn.calc_check_digit("00040040")
PASSWORD = "poulie bielle carter culasse 57"


def opened(at: datetime, siren: str = SIREN, code: str = "ESSAI") -> Repairer:
    identity = actions.Identity("Garage d'essai", siren, "SARL", Decimal(8000), "Vauclair")
    return actions.open_repairer(code=code, identity=identity, place=PLACE, by=BY, at=at)


def siret(siren: str, establishment: str = "0001") -> str:
    return siren + establishment + luhn.calc_check_digit(siren + establishment)


def test_a_repairer_is_opened_with_the_vat_number_that_follows_from_its_siren(cast: Any, at: datetime) -> None:
    repairer = opened(at)
    key = (12 + 3 * (int(SIREN) % 97)) % 97
    assert repairer.vat_number == f"FR{key:02d}{SIREN}"


def test_a_siren_or_a_code_opens_one_repairer_only(cast: Any, at: datetime) -> None:
    opened(at)
    before = counter.rows()
    for siren, code in ((SIREN, "AUTRE"), ("00050050" + luhn.calc_check_digit("00050050"), "ESSAI")):
        with pytest.raises(IntegrityError):
            opened(at, siren, code)
    assert counter.rows() == before


@pytest.mark.parametrize("siren", ["", "123", "123456789", "00010010A", "1234567890", "000 100 108", "000100107\x00"])
def test_a_wrong_siren_opens_nothing(cast: Any, at: datetime, siren: str) -> None:
    before = counter.rows()
    with pytest.raises(actions.NotABusinessNumberError):
        opened(at, siren)
    assert counter.rows() == before


def test_a_siret_that_is_wrong_or_another_company_s_opens_no_site(cast: Any, at: datetime) -> None:
    repairer = opened(at)
    right, others = siret(SIREN), siret("00050050" + luhn.calc_check_digit("00050050"))
    before = counter.rows()
    for wrong in (others, right[:-1], right[:-1] + str((int(right[-1]) + 1) % 10), "", SIREN):
        with pytest.raises(actions.NotABusinessNumberError):
            actions.open_site(repairer=repairer, name="Atelier", siret=wrong, place=PLACE, by=BY, at=at)
    assert counter.rows() == before
    site = actions.open_site(repairer=repairer, name="Atelier", siret=right, place=PLACE, by=BY, at=at)
    assert (site.siret, site.repairer_id) == (right, repairer.id)


def test_an_account_is_opened_once_per_e_mail_address_whatever_its_case(cast: Any, at: datetime) -> None:
    def enter(email: str) -> User:
        return actions.open_user(email=email, first_name="Ada", last_name="Essai", password=PASSWORD, by=BY, at=at)

    user = enter("Ada.Essai@tilleul.example")
    before = counter.rows()
    for email in ("Ada.Essai@tilleul.example", "ada.essai@tilleul.example", "ADA.ESSAI@TILLEUL.EXAMPLE"):
        with pytest.raises(IntegrityError):
            enter(email)
    assert counter.rows() == before
    assert User.objects.get_by_natural_key("aDa.eSSai@tilleul.example") == user
    assert user.password.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
    assert user.reference.startswith("U-")


@pytest.mark.parametrize(
    "password", ["", "azerty", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "12345678901234567890", "counter"]
)
def test_a_weak_password_opens_no_account(cast: Any, at: datetime, password: str) -> None:
    before = counter.rows()
    with pytest.raises(ValidationError):
        actions.open_user(
            email="ada@tilleul.example", first_name="Ada", last_name="Essai", password=password, by=BY, at=at
        )
    assert counter.rows() == before


def test_a_role_is_held_in_one_place_once(cast: Any, at: datetime) -> None:
    user, site = cast.user(counter.ADVISER), cast.site("CANAL")
    party = CentralParty.objects.get(kind=PartyKind.NETWORK)
    given = actions.give_role(user=user, role="workshop", place=site, by=BY, at=at)
    before = counter.rows()
    assert actions.give_role(user=user, role="workshop", place=site, by=BY, at=at) == given
    for role, places in (
        ("workshop", {"site": site}),
        ("auditor", {}),
        ("auditor", {"site": site, "central_party": party}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=user, role=role, from_at=at, **places)
    assert counter.rows() == before
    assert queries.controller(given) == site.repairer_id


def test_a_role_holds_from_its_first_instant_until_its_last_and_not_at_it(cast: Any, at: datetime) -> None:
    user, site = cast.user(counter.ADVISER), cast.site("CANAL")
    given = actions.give_role(user=user, role="workshop", place=site, by=BY, at=at + timedelta(hours=1))
    Membership.objects.filter(id=given.id).update(until_at=at + timedelta(hours=2))

    def is_held(hours: float) -> bool:
        return given in queries.memberships(user, at + timedelta(hours=hours))

    assert [is_held(hours) for hours in (0, 0.99, 1, 1.99, 2, 3)] == [False, False, True, True, False, False]


def test_each_opening_stands_in_the_network_s_journal_without_a_name(cast: Any, at: datetime) -> None:
    with counter.as_role("backup") as connection:
        told = 'SELECT tag, controller_id, subject, "references" FROM journal_entry WHERE tag LIKE %s'
        entries = connection.execute(told, ["network:%"]).fetchall()
    assert {controller for _, controller, _, _ in entries} == {queries.central_party(PartyKind.NETWORK).id}
    tags = [tag for tag, *_ in entries]
    assert tags.count("network:user:opened") == User.objects.count()
    assert tags.count("network:site:opened") == Site.objects.count()
    assert tags.count("network:role:given") == Membership.objects.count()
    assert not [entry for entry in entries if "Exemple" in str(entry) or "example" in str(entry)]
