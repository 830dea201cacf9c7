"""The room's registration."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Wiring."""

    name = "gardien.portal"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry  # noqa: PLC0415 -- models are loaded by now

        from . import declares  # noqa: PLC0415

        registry.register("portal", declares.DECLARATION)
