"""The room's registration."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """What happened."""

    name = "gardien.journal"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("journal", declares.DECLARATION)
