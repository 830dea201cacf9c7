"""What a form receives: bodies of any size and kind, amounts in any spelling, texts of any length."""

import string
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gardien.web.shared.forms import MAX_TYPED, AmountField, TextField
from tests.web import counter

GOOD = {"last_name": "Moreau", "plate": "GH-482-KL", "plate_country": "FR"}


def read(field: forms.Field, typed: str) -> Any:
    """Return what a field reads, or its sentence."""
    with translation.override("fr"):
        try:
            return field.clean(typed)
        except ValidationError as refusal:
            return refusal.messages[0]


AMOUNT = AmountField(Decimal("999999.99"), Decimal(0))


@given(st.decimals("0", "999999.99", places=2), st.sampled_from([" ", "\u00a0", "\u202f", ""]), st.sampled_from(",."))
def test_an_amount_is_read_to_the_cent_whatever_its_spacing(amount: Decimal, space: str, comma: str) -> None:
    typed = f"{amount:,.2f}".replace(".", "!").replace(",", space).replace("!", comma)
    for spelling in (typed, f" {typed} ", f"{typed}\u00a0€"):
        assert read(AMOUNT, spelling) == amount


@given(st.text(alphabet=string.digits + " .,-−+eE_€²½٣x\u00a0", max_size=12))
def test_an_amount_is_never_read_out_of_anything_else(typed: str) -> None:
    found = read(AMOUNT, typed)
    if isinstance(found, Decimal):
        plain = "".join(typed.split()).removesuffix("€").replace(",", ".")
        assert set(plain) <= set(string.digits + ".")
        assert found == Decimal(plain)
    else:
        assert counter.is_french(found)


@pytest.mark.parametrize("length", [1, 38, 200])
def test_a_text_may_be_as_long_as_its_field_and_no_longer(length: int) -> None:
    field = TextField(length)
    for sign in ("a", "é", "e\u0301", "张", "😀"):
        assert len(read(field, sign * length)) == length
        for count in (length + 1, 3_999, MAX_TYPED + 1, 1_000_000):
            assert str(length) in read(field, sign * count)
            assert counter.is_french(read(field, sign * count))


def test_no_text_field_is_cut_short_by_the_browser() -> None:
    assert "maxlength" not in TextField(38).widget.attrs


@given(st.text(max_size=60))
def test_what_a_text_field_gives_it_gives_again(typed: str) -> None:
    field = TextField(200, required=False)
    try:
        once = field.clean(typed)
    except ValidationError:
        return
    assert field.clean(once) == once


def test_a_body_beyond_the_limit_is_refused_with_a_french_page(sign_in: Any) -> None:
    client = sign_in(counter.ADVISER)
    form = counter.heard(client)
    before = counter.rows()
    too_large = counter.post(client, form, {**GOOD, "street": "a" * 4_000_000})
    too_many = counter.post(client, form, {f"field{number}": "a" for number in range(500)})
    assert (too_large.status_code, too_many.status_code) == (400, 400)
    assert all(map(counter.is_french, counter.sentences(too_large.text) + counter.sentences(too_many.text)))
    assert counter.rows() == before


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\u00e9",
        "multipart/form-data; boundary=x; charset=rot13",
        "multipart/form-data; boundary=x; charset=hex",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=idna",
        "application/json",
        "",
    ],
)
def test_a_body_of_another_kind_is_refused(content_type: str, django_db_setup: None) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\nM\xff\r\n--x--\r\n'
    answer = Client(raise_request_exception=False).generic("POST", "/compte/connexion/", body, content_type)
    assert answer.status_code in {200, 400}
