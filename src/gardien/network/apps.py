"""The room's registration."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Who works here."""

    name = "gardien.network"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("network", declares.DECLARATION)
