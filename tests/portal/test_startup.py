"""The portal refuses to start where a key is missing."""

from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from gardien.base.crypto import Keyring
from gardien.portal import startup


def test_a_start_without_the_objection_key_is_refused_with_what_to_do(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path
) -> None:
    Keyring.generate(tmp_path / "keys")
    (tmp_path / "keys" / "objection.1.key").unlink()
    with django_db_blocker.unblock():
        startup.refuse()
        with (
            override_settings(GARDIEN_KEYRING=Keyring(tmp_path / "keys")),
            pytest.raises(startup.StartupRefusedError, match=r"'objection' key .* python -m gardien\.base\.crypto"),
        ):
            startup.refuse()
