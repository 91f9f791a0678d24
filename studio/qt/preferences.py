"""What a person sets once for all work: each setting is declared here, and read through here."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from PySide6.QtCore import QT_TRANSLATE_NOOP

from studio.dataset.reading.image_file import MAX_PIXELS
from studio.qt.settings import settings

Value = int | bool | str
V = TypeVar("V", covariant=True)
_MEGA = 1_000_000
_T: Callable[[str, str], str] = QT_TRANSLATE_NOOP  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class WholeNumber:
    """A setting from `low` to `high`; `unit` is read behind the number."""

    key: str
    title: str
    help: str
    default: int
    low: int
    high: int
    unit: str = ""

    def parse(self, stored: object) -> int | None:
        """Return the number that was stored, or the nearest one in bounds, None for no number."""
        text = str(stored)
        is_number = text.isascii() and text.isdigit() and len(text) < 10
        return min(max(int(text), self.low), self.high) if is_number else None


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A setting that is on or off."""

    key: str
    title: str
    help: str
    default: bool

    def parse(self, stored: object) -> bool | None:
        """Return the value that was stored, None where that is none."""
        return {"true": True, "false": False}.get(str(stored).lower())


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """A setting with a few values, and the text that people read for each."""

    key: str
    title: str
    help: str
    default: str
    options: tuple[tuple[str, str], ...]

    def parse(self, stored: object) -> str | None:
        """Return the value that was stored, None where that is none."""
        return stored if isinstance(stored, str) and stored in dict(self.options) else None


Preference = WholeNumber | Switch | OneOf


class _Declared(Protocol[V]):
    @property
    def key(self) -> str: ...
    @property
    def default(self) -> V: ...
    def parse(self, stored: object) -> V | None: ...


MEGAPIXELS = WholeNumber(
    key="reading/megapixels",
    title=_T("Preferences", "Largest image"),
    help=_T(
        "Preferences",
        "An image with more pixels is refused before it is decoded, so that no file can fill the"
        " memory. One of 250 megapixels takes about 750 MB.",
    ),
    default=MAX_PIXELS // _MEGA,
    low=1,
    high=1000,
    unit=_T("Preferences", "megapixels"),
)
WORKERS = WholeNumber(
    key="export/workers",
    title=_T("Preferences", "Workers for exports"),
    help=_T(
        "Preferences",
        "How many images an export works on at once. Fewer leave more of the machine to other"
        " programs; the files do not depend on it.",
    ),
    default=os.cpu_count() or 1,
    low=1,
    high=os.cpu_count() or 1,
)
OPENS_LAST = Switch(
    key="start/opens_last",
    title=_T("Preferences", "Open the last data set at the start"),
    help=_T("Preferences", "Otherwise the program starts with the built-in sample."),
    default=True,
)
THEME = OneOf(
    key="window/theme",
    title=_T("Preferences", "Colours"),
    help=_T("Preferences", "Light or dark, or as the system has it."),
    default="system",
    options=(
        ("system", _T("Preferences", "As the system")),
        ("light", _T("Preferences", "Light")),
        ("dark", _T("Preferences", "Dark")),
    ),
)
PREFERENCES: tuple[Preference, ...] = (MEGAPIXELS, WORKERS, OPENS_LAST, THEME)
"""All of them, in the order of the dialog."""


def read(preference: _Declared[V]) -> V:
    """Return a setting's value: what was stored, or its default."""
    stored = preference.parse(settings().value(preference.key))
    return preference.default if stored is None else stored


def write(preference: Preference, value: Value) -> None:
    """Keep a setting's value."""
    settings().setValue(preference.key, value)


def max_pixels() -> int:
    """Return how many pixels an image may have to be read."""
    return read(MEGAPIXELS) * _MEGA
