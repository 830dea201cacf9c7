"""The room's registration."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """What leaves the house."""

    name = "gardien.messaging"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("messaging", declares.DECLARATION)
