"""What the options of an export add up to: how many files there will be, or why there are none."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from studio.dataset.exports.options import ExportOptions
from studio.dataset.exports.sharing import Counts, check_balance, count_files
from studio.errors import UserError

translate = QCoreApplication.translate


class Sums(NamedTuple):
    """What becomes of the chosen images.

    `files` are by split and class; `images` are to be multiplied, `held_out` are not.
    `imbalance` says which class is too small to be balanced, "" where none is.
    """

    files: dict[tuple[str, str], int]
    images: int
    held_out: int
    imbalance: str

    @property
    def is_idle(self) -> bool:
        """Whether there are images, but none to be multiplied."""
        return self.held_out > 0 and not self.images

    @property
    def total(self) -> int:
        """How many files are written; none where the export would be refused."""
        return 0 if self.is_idle or self.imbalance else sum(self.files.values())


def sum_up(counts: Counts, options: ExportOptions) -> Sums:
    """Return what becomes of so many images of each split and class."""
    images = sum(count for (split, _), count in counts.items() if options.multiplies(split))
    imbalance = ""
    try:
        check_balance(counts, options)
    except UserError as error:
        reason = error.message.removeprefix("balance: ")
        imbalance = f"{reason[:1].upper()}{reason[1:]}. {error.hint}"
    return Sums(count_files(counts, options), images, sum(counts.values()) - images, imbalance)


def describe_sums(sums: Sums, options: ExportOptions) -> str:
    """Return in a line what the files come from."""
    text = translate("Export", "{images} images × {copies} copies")
    if options.balance:
        text = translate("Export", "{images} images, in balanced classes")
    elif options.include_originals:
        text = translate("Export", "{images} images × ({copies} copies + the original)")
    text = text.format(images=f"{sums.images:,}", copies=options.copies)
    if sums.held_out and options.held_out == "copy":
        text += translate("Export", ", {images} copied").format(images=f"{sums.held_out:,}")
    return text
