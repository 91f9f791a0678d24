"""What a file's header tells about its picture, in the one shape that all formats share."""

from typing import Literal

from msgspec import Struct

HEAD_BYTES = 65_536
"""How much of a file is read first; nearly every header ends within."""

NO_SIZE = "has a broken header: it does not say how large the image is"
TRUNCATED = "is truncated or corrupt"
ANIMATED = "is animated; its first frame is used"


class UnreadableError(ValueError):
    """A file that gives no right picture; `str()` is the reason, a phrase like "is empty"."""


class CutShortError(UnreadableError):
    """A header that goes on after the end of the data."""

    def __init__(self, reason: str = TRUNCATED) -> None:
        super().__init__(reason)


class Facts(Struct, frozen=True):
    """A picture as its header tells it.

    `width` and `height` are in pixels, as stored; `orientation` is EXIF's, 1 to 8. `bits` counts
    the bits that a channel's levels use; `kind` is "float" or "signed" for such numbers. `profile`
    is an ICC profile. `adobe` tells that a JPEG's CMYK is stored inverted. `decoder` is who gives
    the right pixels. `notices` are phrases for people.
    """

    format: str
    width: int
    height: int
    colours: Literal["grey", "rgb", "cmyk"] = "rgb"
    bits: int = 8
    kind: Literal["", "float", "signed"] = ""
    orientation: int = 1
    profile: bytes = b""
    adobe: bool = False
    decoder: Literal["opencv", "pillow"] = "opencv"
    notices: tuple[str, ...] = ()


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Raise `UnreadableError` for a size that no image has, or that is more than is allowed."""
    if width < 1 or height < 1:
        raise UnreadableError(f"has a broken header: it claims {width}×{height} pixels")
    if width * height > max_pixels:
        size, limit = f"{width}×{height}", f"{max_pixels / 1e6:g} megapixels"
        raise UnreadableError(f"is {size} pixels, more than the limit of {limit}")
