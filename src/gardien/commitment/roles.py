"""The role × action matrix of `roles.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

ROLES_FILE = Path(__file__).with_name("roles.yaml")


@dataclass(frozen=True)
class Matrix:
    """`names`: role → language → name; `places`: role → site, network or provider; `actions`: action → roles.

    `public` names the addresses of pages that are for everybody.
    """

    names: dict[str, dict[str, str]]
    places: dict[str, str]
    actions: dict[str, frozenset[str]]
    public: frozenset[str]

    def allows(self, role: str, action: str) -> bool:
        """Say whether `role` may do `action`; an action that is not in the matrix raises `KeyError`."""
        return role in self.actions[action]


@cache
def matrix() -> Matrix:
    """Return the matrix of `roles.yaml`."""
    data = YAML(typ="safe", pure=True).load(ROLES_FILE)
    return Matrix(
        names={role: {"fr": entry["fr"], "en": entry["en"]} for role, entry in data["roles"].items()},
        places={role: entry["place"] for role, entry in data["roles"].items()},
        actions={action: frozenset(roles) for action, roles in data["actions"].items()},
        public=frozenset(data["public"]),
    )
