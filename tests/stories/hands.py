"""The hands of a story: a keyboard that counts its strokes, fingers that tap, and the time that people would need."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

STROKE, TAP = 0.075, 0.6
"""Seconds for a key of a practised typist (60 to 90 ms) and for a tap with the eyes' way to its place."""


class Hands:
    """What a person does at a page, and how long it would take them: `seconds` is theirs, `waited` the portal's."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes, self.taps, self.waited = page, 0, 0, 0.0

    @property
    def seconds(self) -> float:
        """The time of the story by the scripted clock."""
        return self.strokes * STROKE + self.taps * TAP + self.waited

    @contextmanager
    def waiting_for(self, address: str) -> Iterator[None]:
        """Do something that opens the page of this address, and wait for it."""
        begun = time.monotonic()
        yield
        self.page.wait_for_url(re.compile(address))
        self.waited += time.monotonic() - begun

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Do something that loads a page, perhaps at the same address, and wait for it."""
        begun = time.monotonic()
        with self.page.expect_navigation():
            yield
        self.waited += time.monotonic() - begun

    def report(self) -> str:
        """Say where the time went."""
        hands = f"{self.strokes} strokes × {STROKE:.3f} s + {self.taps} taps × {TAP:.1f} s"
        return f"{hands} + {self.waited:.1f} s of pages = {self.seconds:.1f} s"


class Keyboard(Hands):
    """The keyboard alone: the page is touched by nothing else; `moves` are keys that say nothing."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.moves = 0

    def at(self, name: str, *, role: str = "") -> None:
        """See that the focus waits on the control of this accessible name."""
        focused = self.page.locator(":focus")
        expect(focused, f"the focus should wait on “{name}”").to_have_accessible_name(re.compile(name))
        if role:
            expect(focused).to_have_role(role)  # type: ignore[arg-type]

    def type(self, name: str, text: str) -> None:
        """Type into the field of this name, where the focus already is."""
        self.at(name)
        self.page.keyboard.type(text)
        self.strokes += len(text)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.moves += 1
            self.strokes += len(key.split("+")) if len(key) > 1 else 1


class Fingers(Hands):
    """A telephone in one hand: taps, and the keys of the screen."""

    def tap(self, role: str, name: str) -> None:
        """Tap the control of this role and name."""
        self.page.get_by_role(role, name=name).first.tap()  # type: ignore[arg-type]
        self.taps += 1

    def type(self, label: str, text: str) -> None:
        """Tap the field of this label and type into it."""
        self.page.locator("main input, main textarea").and_(self.page.get_by_label(label)).first.tap()
        self.page.keyboard.type(text)
        self.taps += 1
        self.strokes += len(text)
