"""The settings of an installation: read once from the environment, documented, refused with a name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from gardien.portal.config import Config, SettingRefusedError, read
from tests import nasty

VARIABLES = {name: field.alias or f"GARDIEN_{name.upper()}" for name, field in Config.model_fields.items()}


def test_each_setting_is_described_and_has_a_default() -> None:
    assert [name for name, field in Config.model_fields.items() if not (field.description or "").endswith(".")] == []
    assert read({}) == read(dict.fromkeys(VARIABLES.values(), ""))


@pytest.mark.parametrize("name", list(VARIABLES))
def test_each_setting_is_read_from_its_own_variable_and_no_other(name: str) -> None:
    values = {"is_https": "true", "is_demo": "true", "database_role": "owner", "mail_url": "file:"}
    values |= dict.fromkeys(("proxies", "idle_minutes", "session_hours", "proof_minutes"), "3")
    told = read({VARIABLES[name]: values.get(name, "/somewhere")}).model_dump()
    silent = read({}).model_dump()
    assert {each for each in told if told[each] != silent[each]} == {name}


def test_other_variables_change_nothing() -> None:
    assert read({"HOME": "/root", "GARDIENHOME": "x", "GARDIEN_UNKNOWN": "x", "PORT": "1"}) == read({})


def test_the_data_directory_is_absolute_and_holds_the_keys_unless_they_are_elsewhere() -> None:
    assert read({"GARDIEN_HOME": "here"}).home == Path.cwd() / "here"
    assert read({"GARDIEN_HOME": "/here"}).keys_folder == Path("/here/keys")
    assert read({"GARDIEN_HOME": "/here", "GARDIEN_KEYS": "/there"}).keys_folder == Path("/there")


def test_settings_never_change_once_read() -> None:
    with pytest.raises(ValidationError):
        read({}).is_https = True  # type: ignore[misc]


@pytest.mark.parametrize("name", ["is_https", "is_demo", "database_role"])
def test_a_value_that_is_none_of_the_choices_is_refused_by_its_variable_without_being_repeated(name: str) -> None:
    accepted = set()
    for _, value in nasty.load():
        try:
            read({VARIABLES[name]: value})
        except SettingRefusedError as refusal:
            assert VARIABLES[name] in str(refusal)
            assert len(value) < 9 or value not in str(refusal)
        else:
            accepted.add(value.lower())
    assert accepted <= {"", "0", "1", "t", "f", "y", "n", "on", "off", "yes", "no", "true", "false"}


def test_behind_tls_cookies_bear_the_host_prefix_and_all_that_it_demands() -> None:
    script = (
        "from gardien.portal import boot; boot.load(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        "s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN,"
        "s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_SAMESITE)"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "GARDIEN_IS_HTTPS": "true"}
    told = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [
        *("__Host-session", "__Host-csrf", "True", "True", "True", "True", "None", "None", "/", "Lax")
    ]
