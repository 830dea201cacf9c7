"""The room's registration."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Wiring."""

    name = "gardien.portal"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("portal", declares.DECLARATION)
