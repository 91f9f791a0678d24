"""Small pictures of the images that a run was trained on, to find near copies among made ones."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.dataset.atomic_file import write_atomic
from studio.errors import UserError

SIGNATURES = "training.npz"
"""Their file in a run's folder."""

_SIDE = 16
_APART = "\0"
_HINT = "Resume the training: it is written anew."


class Signatures(NamedTuple):
    """Of N training images: pixels (N, T, T, C) as uint8, RGB or grey; labels (N,); keys."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int32]
    keys: tuple[str, ...]


def make_signatures(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return images (N, S, S, C) shrunk to T = min(S, 16) pixels, each the mean of its area."""
    side = min(images.shape[1], _SIDE)
    if side == images.shape[1]:
        return np.array(images)
    small = np.empty((len(images), side, side, images.shape[3]), np.uint8)
    for number, image in enumerate(images):
        shrunk = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        small[number] = shrunk.reshape(small.shape[1:])
    return small


def write_signatures(
    path: Path, images: NDArray[np.uint8], labels: NDArray[np.int32], keys: Sequence[str]
) -> None:
    """Write the signatures of images (N, S, S, C), whole or not at all; OSError."""
    buffer = io.BytesIO()
    # Texts one after the other: an array of texts takes the longest one's room for each.
    texts = np.frombuffer(_APART.join(keys).encode(errors="surrogateescape"), np.uint8)
    np.savez_compressed(buffer, pixels=make_signatures(images), labels=labels, keys=texts)
    write_atomic(path, buffer.getvalue(), sync=True)


def read_signatures(path: Path) -> Signatures:
    """Return what was written; UserError where it is damaged. FileNotFoundError goes up."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            pixels, labels, texts = arrays["pixels"], arrays["labels"], arrays["keys"]
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{path}: is damaged: {error}", _HINT) from error
    keys = tuple(texts.tobytes().decode(errors="surrogateescape").split(_APART))
    if not len(pixels) == len(labels) == len(keys) or pixels.ndim != 4:
        raise UserError(f"{path}: is damaged", _HINT)
    return Signatures(pixels, labels, keys)
