"""Loading Django; nothing here may import a model."""

import os

import django
from django.apps import apps


def load() -> None:
    """Load Django with the portal's settings, once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gardien.portal.settings")
    if not apps.ready:
        django.setup()
