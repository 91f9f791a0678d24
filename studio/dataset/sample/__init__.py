"""The built-in sample: a data set of small pictures with exact masks, drawn at first use."""

import shutil
from collections.abc import Callable, Generator
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.dataset.sample.canvas import Canvas
from studio.dataset.sample.fish import draw_fish
from studio.dataset.sample.house import draw_house
from studio.dataset.sample.leaf import draw_leaf
from studio.dataset.sample.letter import draw_letter
from studio.dataset.sample.mushroom import draw_mushroom
from studio.dataset.sample.sailboat import draw_sailboat
from studio.dataset.sample.star import draw_star
from studio.dataset.sample.stripes import draw_stripes
from studio.errors import UserError
from studio.paths import data_folder

SAMPLE_VERSION = 1  # part of the folder's name: raise it when the pictures change
PER_CLASS = 40
IMAGES = "sample"  # what the window calls the data set
MASKS = "masks"

Draw = Callable[[np.random.Generator], Canvas]
CLASSES: dict[str, Draw] = {
    "fish": draw_fish,
    "house": draw_house,
    "leaf": draw_leaf,
    "letter": draw_letter,
    "mushroom": draw_mushroom,
    "sailboat": draw_sailboat,
    "star": draw_star,
    "stripes": draw_stripes,
}


def sample_home() -> Path:
    """Return the folder that the sample is drawn into, whether or not it exists."""
    return data_folder() / "sample" / f"sample-{SAMPLE_VERSION}"


def draw_sample(folder: Path, *, per_class: int = PER_CLASS) -> Generator[float, None, Path]:
    """Draw the sample, yield the share done (0..1) after each picture, return `folder/sample`.

    Writes `sample/<class>/<stem>.png`, 192×192 colour, and `masks/<class>/<stem>.png`, 8-bit grey:
    255 where the object (or the patterned patch) is seen, else 0. The bytes are the same on every
    run. The folder appears only when all is drawn; one that is there already is left as it is.
    Raises UserError when the folder holds other files or cannot be written.
    """
    images = folder / IMAGES
    if images.is_dir():
        return images
    if folder.is_dir() and any(folder.iterdir()):
        raise UserError(f"{folder}: holds other files", "Choose an empty or a new folder.")
    draft = folder.parent / f".{folder.name}-{uuid4().hex[:8]}"
    try:
        yield from _draw_all(draft, per_class)
        _put_in_place(draft, folder)
    except OSError as error:
        raise UserError(
            f"{folder}: the sample cannot be written: {error.strerror or error}",
            "Free some disk space, or make the folder writable.",
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return images


def sample_picture(name: str, index: int) -> NDArray[np.uint8]:
    """Return the sample's picture number `index`, from 0, of a class, drawn anew: 192×192 BGR."""
    return _draw(name, [*CLASSES].index(name), index).image()


def _draw(name: str, number: int, index: int) -> Canvas:
    # A stream of its own for each picture: it does not depend on how many are drawn.
    return CLASSES[name](np.random.default_rng([SAMPLE_VERSION, number, index]))


def _draw_all(draft: Path, per_class: int) -> Generator[float, None, None]:
    total = len(CLASSES) * per_class
    for number, name in enumerate(CLASSES):
        for kind in (IMAGES, MASKS):
            (draft / kind / name).mkdir(parents=True)
        for index in range(per_class):
            canvas = _draw(name, number, index)
            file = f"{name}-{index + 1:02d}.png"
            (draft / IMAGES / name / file).write_bytes(_png(canvas.image()))
            (draft / MASKS / name / file).write_bytes(_png(canvas.visible()))
            yield (number * per_class + index + 1) / total


def _put_in_place(draft: Path, folder: Path) -> None:
    try:
        if folder.is_dir():
            folder.rmdir()
        draft.rename(folder)
    except OSError:
        # Another window may have finished the same sample meanwhile.
        if not (folder / IMAGES).is_dir():
            raise


def _png(image: NDArray[np.uint8]) -> bytes:
    done, data = cv2.imencode(".png", image)
    if not done:
        raise OSError("the picture could not be encoded")
    return bytes(data)
