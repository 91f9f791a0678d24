"""Grids with the time written below them, one for a film or a few side by side. Without Qt."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from studio.dataset.reading.image_file import encode_image, read_image
from studio.qt.train.amounts import clock

Pixels = NDArray[np.uint8]

_ENLARGED = 480
_TEXT = 16
_BAR = 26
_GAP = 16
_PAPER = 255
_INK = 40
_STRIP_ENLARGED = 240


class Frame(NamedTuple):
    """A picture of the fixed latents and what is written below it."""

    path: Path
    caption: str


def frame_of(path: Path, seconds: float) -> Frame:
    """Return a grid with its time as caption."""
    return Frame(path, clock(seconds))


def read_frame(frame: Frame, *, least: int = _ENLARGED, most: int = 0) -> Pixels:
    """Return a grid (H, W) or (H, W, 3) with its caption on white below it.

    Pixels of a small one become squares, until it is at least `least` wide; one that is wider than
    `most` (0: any width) is shrunk. `UserError` where the file cannot be read.
    """
    image = np.asarray(read_image(frame.path))
    factor = max(1, -(-least // image.shape[1]))
    image = image.repeat(factor, 0).repeat(factor, 1)
    if most and image.shape[1] > most:
        height = round(image.shape[0] * most / image.shape[1])
        image = np.asarray(cv2.resize(image, (most, height), interpolation=cv2.INTER_AREA))
    bar = _write_caption(frame.caption, image.shape[1])
    if image.ndim == 3:
        bar = np.repeat(bar[..., None], image.shape[2], axis=2)
    return np.asarray(np.concatenate([image, bar]), np.uint8)


def film_strip(frames: Sequence[Frame], count: int = 5) -> Pixels:
    """Return `count` of the frames, evenly from the first to the last, side by side on white."""
    chosen = [read_frame(frame, least=_STRIP_ENLARGED) for frame in choose(frames, count)]
    if any(image.ndim == 3 for image in chosen):
        chosen = [np.atleast_3d(image) for image in chosen]
        chosen = [image.repeat(3 // image.shape[2], axis=2) for image in chosen]
    height = max(image.shape[0] for image in chosen)
    parts: list[Pixels] = []
    for image in chosen:
        below = height - image.shape[0]
        sides = ((0, below), (0 if not parts else _GAP, 0), (0, 0))[: image.ndim]
        parts.append(np.pad(image, sides, constant_values=_PAPER))
    return np.concatenate(parts, axis=1)


def choose(frames: Sequence[Frame], count: int) -> list[Frame]:
    """Return at most `count` frames, evenly from the first to the last."""
    if not frames:
        raise ValueError("there is no frame")
    places = np.linspace(0, len(frames) - 1, min(max(1, count), len(frames)))
    return [frames[round(place)] for place in places]


def encode_strip(frames: Sequence[Frame], count: int = 5) -> bytes:
    """Return a film strip as PNG."""
    return encode_image(film_strip(frames, count), "png", 100)


def _write_caption(text: str, width: int) -> Pixels:
    bar = Image.new("L", (width, _BAR), _PAPER)
    font = ImageFont.load_default(_TEXT)
    ImageDraw.Draw(bar).text((width / 2, _BAR / 2 + 1), text, fill=_INK, font=font, anchor="mm")
    return np.array(bar)
