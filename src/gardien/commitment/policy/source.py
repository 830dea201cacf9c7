"""YAML 1.2 into plain data, with the line and column of everything in it."""

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from gardien.commitment.policy.suggestions import Place

_PLAIN_TAGS = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")


class VersionError(ValueError):
    """A version file cannot be used. Line and column count from 1.

    `suggestion` says what to write instead; `place` is the keys and ranks that lead there, none if the file is not
    even YAML.
    """

    def __init__(self, path: Path, mark: tuple[int, int], message: str, suggestion: str, place: Place = ()) -> None:
        """Point at one thing to mend."""
        self.line, self.column = mark
        super().__init__(f"{path.name}:{self.line}:{self.column}: {message}")
        self.path, self.message, self.suggestion, self.place = path, message, suggestion, place


class Source:
    """A file's data (dicts, tuples, whole numbers, booleans, strings, None) and where each part stands.

    Only the plain language is read: duplicate keys, anchors and tags are refused with VersionError, and
    so is anything that is not YAML in UTF-8.
    """

    def __init__(self, path: Path, content: bytes) -> None:
        """Read `content`; `path` is only for messages."""
        self.path = path
        self._marks: dict[Place, tuple[int, int]] = {(): (1, 1)}
        self._keys: dict[Place, tuple[int, int]] = {}
        root = self._compose(content)
        self.data = self._plain(root, ()) if root else None

    def error(self, place: Place, message: str, suggestion: str, *, at_key: bool = False) -> VersionError:
        """Return the error for a place; a place that is not in the file is the nearest one around it."""
        if at_key and place in self._keys:
            return VersionError(self.path, self._keys[place], message, suggestion, place)
        near = place
        while near not in self._marks:
            near = near[:-1]
        return VersionError(self.path, self._marks[near], message, suggestion, place)

    def _compose(self, content: bytes) -> Node | None:
        try:
            text = content.decode("utf-8")
            root: Node | None = YAML(typ="safe", pure=True).compose(text)
        except UnicodeDecodeError as error:
            before = content[: error.start].decode("utf-8")
            raise VersionError(self.path, _end(before), "not UTF-8", "save the file in UTF-8") from None
        except ReaderError as error:
            message = "a character that YAML does not allow"
            raise VersionError(self.path, _end(text[: error.position]), message, "take it out") from None
        except MarkedYAMLError as error:
            mark = error.problem_mark.line + 1, error.problem_mark.column + 1
            suggestion = "look at the indentation, the brackets and the quotes around it"
            raise VersionError(self.path, mark, error.problem, suggestion) from None
        return root

    def _plain(self, node: Node, place: Place) -> object:
        self._marks[place] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if node.anchor or str(node.tag).rpartition(":")[2] not in _PLAIN_TAGS:
            raise self.error(place, "anchors and tags are not part of the language", "write the value out here")
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        if isinstance(node, ScalarNode):
            return _scalar(node)
        return tuple(self._plain(item, (*place, index)) for index, item in enumerate(node.value))

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, object]:
        result: dict[str, object] = {}
        for key, value in node.value:
            mark = (key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, ScalarNode) or key.value in result:
                message = "each key is a word, and stands once"
                raise VersionError(self.path, mark, message, "take one of the two out, or rename it", place)
            self._keys[*place, key.value] = mark
            result[key.value] = self._plain(value, (*place, key.value))
        return result


def _end(text: str) -> tuple[int, int]:
    """Return line and column just after a text."""
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def _scalar(node: ScalarNode) -> str | int | bool | None:
    """Read a scalar: bare decimal digits are a number, true and false are that, nothing is None, all else is text."""
    if node.style:
        return str(node.value)
    if node.value in {"true", "false"}:
        return bool(node.value == "true")
    if node.value.isascii() and node.value.isdecimal():
        return int(node.value)
    return str(node.value) or None
