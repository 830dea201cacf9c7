"""The room's registration."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """What each person was told and agreed to."""

    name = "gardien.consent"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("consent", declares.DECLARATION)
