"""Making generated images once more from their lines, to compare them."""

from collections.abc import Sequence
from pathlib import Path

from studio.dataset.exports.generated import GeneratedHeader, GeneratedLine
from studio.dataset.hashes import hash_bytes
from studio.dataset.reading.image_file import encode_image
from studio.errors import UserError
from studio.gan.generate import open_exact
from studio.gan.writing import QUALITY, to_sample

_DIFFERENT = "is made differently now"
_NOT_AGAIN = "cannot be made again: "


def compare_generated(header: GeneratedHeader, lines: Sequence[GeneratedLine]) -> dict[str, str]:
    """Make the images of some lines in memory; return the reasons of those not the same."""
    try:
        maker = open_exact(Path(header.run), header.checkpoint, header.checkpoint_hash)
        made = list(maker.make([to_sample(line) for line in lines], check=False))
    except (UserError, OSError, ValueError) as error:
        return {line.output: f"{_NOT_AGAIN}{error}" for line in lines}
    faults: dict[str, str] = {}
    for line, image in zip(lines, made, strict=True):
        suffix = line.output.rpartition(".")[2]
        if hash_bytes(encode_image(image.image, suffix, QUALITY)) != line.hash:
            faults[line.output] = _DIFFERENT
    return faults
