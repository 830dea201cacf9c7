"""The room's registration."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Who works here."""

    name = "gardien.network"
    is_networks = True
    """The network answers for these tables: its database role reads the shared ones (`base.walls`)."""

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("network", declares.DECLARATION)
