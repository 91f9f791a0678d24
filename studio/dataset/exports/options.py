"""What an export can be asked for."""

import os

from msgspec import Struct

FORMATS = ("same", "jpg", "png", "webp")
HELD_OUT = ("copy", "omit", "augment")
SPLITS = ("", "train", "valid", "test")
HELD_OUT_SPLITS = ("valid", "test")
MOST_COPIES = 100


class ExportOptions(Struct, frozen=True):
    """What an export writes. `splits` and `classes` None means all of them.

    `held_out` says what becomes of images for validation and test: "copy" copies them byte for
    byte, "omit" leaves them out, "augment" multiplies them like those for training.
    `include_originals` is about the images that are multiplied.

    `balance` brings the classes of each split that is multiplied to the same number of files, the
    originals among them if they are included: the largest class gets `copies` of each image, the
    others get more, spread evenly; where that leaves a rest, the first images by key get one more.
    Images in no class keep to `copies`. A class falls short by the images that cannot be read.
    """

    copies: int = 4
    include_originals: bool = False
    format: str = "same"
    quality: int = 95
    splits: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    workers: int = os.cpu_count() or 1
    held_out: str = "copy"
    balance: bool = False

    def multiplies(self, split: str) -> bool:
        """Return whether images of a split are augmented, instead of copied or left out."""
        return self.held_out == "augment" or split not in HELD_OUT_SPLITS
