"""What the house says to people: every msgid of its pages, its code and its refusals, and what is wrong with a text."""

import io
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from django.utils.translation.template import templatize

import gardien
from gardien.base.text import Refused
from gardien.portal import role_guard

PACKAGE = Path(gardien.__file__).parent
TEMPLATES = PACKAGE / "web" / "templates"
WRITTEN = PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "django.po"
COMPILED = WRITTEN.with_suffix(".mo")

Words = str | tuple[str, str]
"""A msgid, or its singular and plural."""
Said = tuple[str | None, Words]
"""The context, and the words."""

_LAZY = ("gettext_lazy", "ngettext_lazy", "pgettext_lazy", "npgettext_lazy")
_KEYWORDS = {**DEFAULT_KEYWORDS, **{name: DEFAULT_KEYWORDS[name.removesuffix("_lazy")] for name in _LAZY}}
_PLACES = re.compile(r"%\((\w+)\)[a-z]")
_FAULTS = {
    "a sign without its no-break space": re.compile(r"[^\u00a0\u202f][:;?!»](?:\s|$)|[^\u00a0\u202f\d(][%€](?:\W|$)"),
    "a quotation mark without its no-break space": re.compile(r"«[^\u00a0\u202f]"),
    "a sign of a typewriter": re.compile(r"['\"]|\.\.\."),
    "two blanks": re.compile(r"[^\S\n]{2}|\n{3}"),
}
_TAGS = re.compile(r"{%-?\s*blocktrans.*?{%\s*endblocktrans\w*\s*%}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
_HUMAN = {"alt", "aria-description", "aria-label", "aria-roledescription", "content", "placeholder", "title"}
_SHOWN = ("input", "value")
"""Of other elements a value is what a form sends."""
_MACHINE = {"viewport", "color-scheme", "htmx-config"}
_NAMES = re.compile(r"\bGardien\b|\bkm\b|\b\d{3}/\d{2}R\d{2}\b")
"""Not words: the product, the sign of a unit, the example of a tyre's size."""


def _said(source: str) -> Iterator[Said]:
    for _, function, found, _ in extract_python(io.BytesIO(source.encode()), _KEYWORDS, (), {}):
        spec = _KEYWORDS[function] or (1,)
        texts = found if isinstance(found, tuple) else (found,)
        is_in_context = isinstance(spec[0], tuple)
        words = tuple(
            text for text in (texts[1:] if is_in_context else texts)[: 2 if "n" in function[:2] else 1] if text
        )
        if words:
            yield texts[0] if is_in_context else None, words[0] if len(words) == 1 else (words[0], words[1])


def of_code(source: str) -> set[Said]:
    """Return what a Python module hands to gettext."""
    return set(_said(source))


def of_template(source: str) -> set[Said]:
    """Return what a template hands to gettext; the brackets keep its indentation from being Python's."""
    return set(_said(f"({templatize(source)})"))


def of_refusals() -> set[Said]:
    """Return the sentences that rules keep as plain data: of `Refused` and all below it, and of the role guard."""
    for module in walk_packages(gardien.__path__, "gardien."):
        if ".rules" in module.name:
            import_module(module.name)
    kinds, found = [Refused], set()
    for kind in kinds:
        kinds += kind.__subclasses__()
        found |= set(kind.messages.values())
    return {(None, words) for words in (*found, role_guard.SUPERUSER, role_guard.BYPASSES, role_guard.OWNER)}


def of_house() -> set[Said]:
    """Return all that the house says."""
    code = (of_code(file.read_text()) for file in PACKAGE.rglob("*.py"))
    templates = (of_template(file.read_text()) for file in TEMPLATES.rglob("*.html"))
    return set().union(of_refusals(), *code, *templates)


def catalogue(written: str) -> Catalog:
    """Read a .po file, and refuse what gettext would only warn of."""
    return pofile.read_po(io.StringIO(written), locale="fr", abort_invalid=True)


def messages(written: Catalog) -> Mapping[Said, Message]:
    """Return the messages of a catalogue, without its header."""
    return {(message.context, message.id): message for message in written if message.id}


def _texts(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple) else (message.string,)


def faults(message: Message) -> set[str]:
    """Say what is wrong with one translation: nothing, most of the time."""
    texts = _texts(message)
    if not all(texts):
        return {"a part is empty"}
    found = {"marked fuzzy"} if message.fuzzy else set()
    wanted = {
        place
        for words in ((message.id,) if isinstance(message.id, str) else message.id)
        for place in _PLACES.findall(words)
    }
    found |= {"other places than the English"} if any(set(_PLACES.findall(text)) != wanted for text in texts) else set()
    return found.union(*(typography(text) for text in texts))


def typography(text: str) -> set[str]:
    """Say what a French printer would mend; a doubled % is one, and places are words."""
    shown = _PLACES.sub("x", text).replace("%%", "%")
    return {fault for fault, pattern in _FAULTS.items() if pattern.search(shown)}


class _Page(HTMLParser):
    """Collects the text a template shows, keys and code apart."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        named = dict(attrs)
        if named.get("name") not in _MACHINE:
            self.texts += [value for name, value in attrs if value and (name in _HUMAN or (tag, name) == _SHOWN)]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"kbd", "script", "style"} & set(self.open[-1:]):
            self.texts.append(data)


def untranslated(template: str) -> list[str]:
    """Return the words that a template shows without asking gettext: text and what screen readers and fields say."""
    page = _Page()
    page.feed(_TAGS.sub(" ", template))
    return [text.strip() for text in page.texts if re.search(r"[^\W\d_]", _NAMES.sub("", text))]
