"""Pixels of the kinds that OpenCV gets wrong, through Pillow."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import AvifImagePlugin, Image, Jpeg2KImagePlugin, JpegImagePlugin, TiffImagePlugin

from studio.dataset.reading.formats.facts import Facts, UnreadableError

# Sizes are checked before, against the limit that is in force.
Image.MAX_IMAGE_PIXELS = None

_PLUGINS: dict[str, Any] = {
    "jpeg": JpegImagePlugin.JpegImageFile,
    "tiff": TiffImagePlugin.TiffImageFile,
    "jpeg2000": Jpeg2KImagePlugin.Jpeg2KImageFile,
    "avif": AvifImagePlugin.AvifImageFile,
}
_MODES = {"1": "L", "LA": "RGBA", "P": "RGB", "PA": "RGBA"}


def decode(data: bytes, facts: Facts, fault: str) -> NDArray[np.uint8]:
    """Return (H, W) grey, (H, W, 3) BGR, (H, W, 4) BGRA, or CMYK inks; `UnreadableError` else."""
    try:
        with _PLUGINS[facts.format](io.BytesIO(data)) as picture:
            if picture.size != (facts.width, facts.height):
                raise UnreadableError(fault)
            picture.load()
            mode = _MODES.get(picture.mode, picture.mode)
            pixels = np.array(picture if mode == picture.mode else picture.convert(mode))
    except UnreadableError:
        raise
    # A damaged file makes Pillow raise nearly anything.
    except Exception as error:
        raise UnreadableError(fault) from error
    if mode == "CMYK":
        # Pillow takes every JPEG for an inverted one; only Adobe's are.
        return 255 - pixels if facts.format == "jpeg" and not facts.adobe else pixels
    if mode not in ("L", "RGB", "RGBA"):
        raise UnreadableError(f"has pixels of the kind {mode}, which is not supported")
    return pixels if mode == "L" else _swap_red_and_blue(pixels)


def _swap_red_and_blue(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    order = [2, 1, 0, 3][: pixels.shape[2]]
    return np.ascontiguousarray(pixels[..., order])
