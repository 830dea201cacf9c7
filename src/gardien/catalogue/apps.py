"""The room's registration."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """What can be sold."""

    name = "gardien.catalogue"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("catalogue", declares.DECLARATION)
