"""The room's registration."""

from django.apps import AppConfig


class StandingConfig(AppConfig):
    """Where each person stands."""

    name = "gardien.standing"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("standing", declares.DECLARATION)
