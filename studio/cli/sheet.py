"""A contact sheet: every operation at the ends of its first range and at one draw of it."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from msgspec.structs import replace

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.missing.example import example_mask
from studio.augment.operation import Choice, Kind, Operation, Param, Setting, all_operations
from studio.augment.plan import CLASS_MEAN, draw
from studio.augment.recipe import Recipe, Step
from studio.dataset.atomic_file import write_atomic
from studio.dataset.reading.image_file import encode_image
from studio.dataset.reading.pixels import lay_on_white, to_8_bit
from studio.dataset.sample import sample_picture
from studio.errors import UserError

_FORMATS = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg"}
_PICTURE = 120
_GAP = 6
_LABEL = 24
_HEADING = 44
_ENTRIES_A_ROW = 4
_MARGIN = 20
_BACKGROUND, _INK, _MUTED = 250, (32, 28, 28), (108, 100, 96)
_KEY = "photo"
_PARTNERS = {"first": ("house", 0), "second": ("fish", 3), "third": ("mushroom", 1)}
_INSIDE = ("rotate", "brightness", "gaussian_blur")
"""What the groups choose from on the sheet."""
_MEMBERS = 8
"""How many pictures the mean of a class is of."""


class _Entry(NamedTuple):
    title: str
    pictures: Sequence[Image]


def write_sheet(file: Path, photo: Image | None) -> None:
    """Write the sheet as a PNG or JPEG of its own; UserError where it cannot be written.

    `photo` is what the operations work on, a picture of the built-in sample if there is none.
    """
    format = _FORMATS.get(file.suffix.lower())
    if format is None:
        raise UserError(f"{file}: is not a name for a picture", "End it in .png or .jpg.")
    data = encode_image(draw_sheet(photo), format, 90)
    try:
        write_atomic(file, data)
    except OSError as error:
        raise UserError(f"{file}: cannot be written: {(error.strerror or '').lower()}") from error


def draw_sheet(photo: Image | None) -> Image:
    """Return the sheet as a BGR picture."""
    picture = _in_colour(sample_picture("house", 5) if photo is None else photo)
    blocks = [_intro()]
    for group, operations in groupby(all_operations(), key=lambda operation: operation.group):
        blocks.append(_heading(group))
        entries = [_entry(operation, picture) for operation in operations]
        for start in range(0, len(entries), _ENTRIES_A_ROW):
            blocks.append(_row(entries[start : start + _ENTRIES_A_ROW]))
    around = ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0))
    return np.pad(np.vstack(blocks), around, constant_values=_BACKGROUND)


def _in_colour(image: Image) -> Image:
    image = to_8_bit(image)
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    return lay_on_white(image) if image.shape[2] == 4 else image


def _entry(operation: Operation, picture: Image) -> _Entry:
    pool = (_KEY, *_PARTNERS)
    missing = example_mask(*picture.shape[:2])
    work = partial(apply, image=picture, partner=_partner, missing=missing)
    pictures: list[Image] = []
    for variant, step in enumerate(_steps(operation), start=1):
        plan = draw(Recipe((step,)), _KEY, variant, pool=pool)
        if not pictures or operation.params or operation.kind in (Kind.GROUP, Kind.POLICY):
            pictures.append(work(plan))
    return _Entry(operation.title, pictures)


def _partner(key: str) -> Image:
    if key.startswith(CLASS_MEAN):
        houses = [sample_picture("house", number) for number in range(_MEMBERS)]
        mean: Image = np.mean(np.stack(houses), axis=0).round().astype(np.uint8)
        return mean
    return sample_picture(*_PARTNERS[key])


def _steps(operation: Operation) -> Iterator[Step]:
    """Yield a step with the lows of what it draws at first, one with all of it, and the highs."""
    step = Recipe().with_added(operation.name).steps[0]
    if operation.kind is Kind.GROUP:
        inside = Recipe()
        for name in _INSIDE:
            inside = inside.with_added(name)
        step = replace(step, steps=inside.steps)
    for place in (0, None, -1):
        fixed: dict[str, Setting] = {param.name: _fixed(param, place) for param in operation.params}
        yield replace(step, params=fixed)


def _fixed(param: Param, place: int | None) -> Setting:
    if place is None:
        return param.default
    if isinstance(param, Choice):
        return (param.default[place],)
    return (param.default[place], param.default[place])


def _intro() -> Image:
    text = "Each at the low end of what a new step draws from, at one draw, and at the high end."
    return _line(text, 32, 14, 400, _MUTED)


def _heading(text: str) -> Image:
    return _line(text, _HEADING, 17, 700, _INK)


def _row(entries: Sequence[_Entry]) -> Image:
    row = np.full((_LABEL + _PICTURE + 2 * _GAP, _width(), 3), _BACKGROUND, np.uint8)
    for index, entry in enumerate(entries):
        left = index * _entry_width()
        _write(row, entry.title, (left, _LABEL - 7), 14, 400, _INK)
        for place, picture in enumerate(entry.pictures):
            x = left + place * (_PICTURE + _GAP)
            small = _fit(picture)
            height, width = small.shape[:2]
            row[_LABEL : _LABEL + height, x : x + width] = small
    return row


def _fit(picture: Image) -> Image:
    height, width = picture.shape[:2]
    share = _PICTURE / max(width, height)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    inter = cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=inter), np.uint8)


def _line(text: str, height: int, pixels: int, weight: int, colour: tuple[int, int, int]) -> Image:
    line = np.full((height, _width(), 3), _BACKGROUND, np.uint8)
    _write(line, text, (0, height - 12), pixels, weight, colour)
    return line


def _write(
    canvas: Any,
    text: str,
    place: tuple[int, int],
    pixels: int,
    weight: int,
    colour: tuple[int, int, int],
) -> None:
    cv2.putText(canvas, text, place, colour, cv2.FontFace("sans"), pixels, weight)


def _entry_width() -> int:
    return 3 * (_PICTURE + _GAP) + 3 * _GAP


def _width() -> int:
    return _ENTRIES_A_ROW * _entry_width() - 4 * _GAP
