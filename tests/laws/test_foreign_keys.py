"""Law 2: a foreign key points to the same room or a lower floor, and is protected where it points to a person."""

import configparser
from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from gardien.base.models import SharedRow
from gardien.catalogue.models import Article
from gardien.network.models import Repairer, Site
from gardien.quotes.models import Quote
from tests.laws.source import ROOT

PROTECTED = ("customers", "network")


def floors() -> dict[str, int]:
    """Return each room's floor, as the contract of law 1 lists them."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    layers = parser["importlinter:contract:floors"]["layers"].split("\n")[1:]
    return {room.strip(): floor for floor, rooms in enumerate(reversed(layers)) for room in rooms.split("|")}


def faults(tables: Iterable[type[models.Model]]) -> list[str]:
    """Return, as `model.field: why`, each key of our rooms' tables that breaks the law."""
    rooms, found = floors(), []
    fields = [(model._meta, field) for model in tables for field in model._meta.get_fields() if field.is_relation]
    for table, field in fields:
        if table.app_label not in rooms or field.auto_created:
            continue
        room, name = field.related_model._meta.app_label, f"{table.label}.{field.name}"
        is_same = room == table.app_label
        if not is_same and rooms.get(room, len(rooms)) >= rooms[table.app_label]:
            found.append(f"{name}: {room} is not on a lower floor")
        if field.many_to_many:
            found.append(f"{name}: a link between tables is a table of its own, with its own classification")
        elif room in PROTECTED and field.remote_field.on_delete is not models.PROTECT:
            found.append(f"{name}: not PROTECT towards {room}")
    return found


def test_every_foreign_key_points_down_and_is_protected() -> None:
    assert faults(apps.get_models(include_auto_created=True)) == []
    assert {model._meta.app_label for model in apps.get_models()} & set(floors()) >= {"customers", "network", "quotes"}


@isolate_apps("gardien.customers", "gardien.quotes")
def test_keys_that_point_up_or_sideways_or_are_not_protected_are_found() -> None:
    class Planted(SharedRow):
        up = models.ForeignKey(Quote, models.PROTECT, related_name="+")
        sideways = models.ForeignKey(Article, models.PROTECT, related_name="+")
        loose = models.ForeignKey(Site, models.CASCADE, related_name="+")
        hidden = models.ManyToManyField(Repairer, related_name="+")
        good = models.ForeignKey(Repairer, models.PROTECT, related_name="+")

        class Meta:
            app_label = "customers"

    assert faults([Planted]) == [
        "customers.Planted.up: quotes is not on a lower floor",
        "customers.Planted.sideways: catalogue is not on a lower floor",
        "customers.Planted.loose: not PROTECT towards network",
        "customers.Planted.hidden: a link between tables is a table of its own, with its own classification",
    ]
