"""The room's registration."""

from django.apps import AppConfig


class QuotesConfig(AppConfig):
    """What was offered."""

    name = "gardien.quotes"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("quotes", declares.DECLARATION)
