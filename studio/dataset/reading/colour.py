"""Colours made sRGB: embedded profiles and CMYK.

Pillow's LittleCMS does the conversions; it is imported only for files that have a profile.
"""

import io
from functools import lru_cache
from typing import Any, Literal, cast

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.augment.image import Image
from studio.dataset.reading.formats.facts import Facts

Colours = Literal["grey", "rgb", "cmyk"]

_SPACES = {"grey": "GRAY", "rgb": "RGB", "cmyk": "CMYK"}
_MODES = {"grey": "L", "rgb": "RGB", "cmyk": "CMYK"}
# Profiles that claim to be sRGB differ in their last digits; nobody sees two levels of 256.
_TOLERANCE = 2
_PLAIN = "had CMYK colours, converted to sRGB by the plain formula"
_LEFT = "its colours are left as they are"


class Conversion(Struct, frozen=True):
    """How pixels become sRGB, and a phrase for people. Grey has a table, others a transform."""

    notice: str = ""
    transform: Any = None
    table: Any = None


def find_notice(facts: Facts) -> str:
    """Return a phrase on what `to_srgb` and `cmyk_to_srgb` do for a picture, or ""."""
    if not facts.profile and facts.colours != "cmyk":
        return ""
    return _find_conversion(facts.profile, facts.colours, facts.bits > 8 or bool(facts.kind)).notice


def to_srgb(image: Image, facts: Facts) -> Image:
    """Return an 8-bit grey, BGR or BGRA picture in sRGB, alpha untouched; others as they are."""
    if not facts.profile or facts.colours == "cmyk" or image.dtype != np.uint8:
        return image
    conversion = _find_conversion(facts.profile, facts.colours, facts.bits > 8 or bool(facts.kind))
    if conversion.table is not None:
        return _look_up(image, conversion.table)
    if conversion.transform is None:
        return image
    rgb = cast(NDArray[np.uint8], cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    result = cv2.cvtColor(_apply(conversion.transform, rgb), cv2.COLOR_RGB2BGR)
    if image.shape[2] == 4:
        result = np.dstack((result, image[..., 3]))
    return cast(Image, result)


def cmyk_to_srgb(inks: NDArray[np.uint8], facts: Facts) -> Image:
    """Return (H, W, 4) inks, 255 being full ink, as BGR: by the profile, or by a formula.

    The formula is (255 - ink) · (255 - black) / 255 for each of cyan, magenta and yellow.
    """
    conversion = _find_conversion(facts.profile, "cmyk", False)
    if conversion.transform is not None:
        rgb = _apply(conversion.transform, inks, "CMYK")
        return cast(Image, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    light = cv2.bitwise_not(inks)
    black = np.ascontiguousarray(light[..., 3])
    planes = [
        cv2.multiply(np.ascontiguousarray(light[..., c]), black, scale=1 / 255) for c in (2, 1, 0)
    ]
    return cast(Image, cv2.merge(planes))


@lru_cache(maxsize=64)
def _find_conversion(profile: bytes, colours: Colours, is_deep: bool) -> Conversion:
    from PIL import ImageCms

    cms: Any = ImageCms
    if not profile:
        return Conversion(f"{_PLAIN}, for it has no profile")
    try:
        opened = cms.ImageCmsProfile(io.BytesIO(profile))
        space = opened.profile.xcolor_space.strip()
        name = _find_name(cms, opened)
        if space != _SPACES[colours]:
            return _leave(f"has a colour profile for {space}, “{name}”", colours)
        transform = cms.buildTransform(
            opened,
            cms.createProfile("sRGB"),
            _MODES[colours],
            "RGB",
            cms.Intent.RELATIVE_COLORIMETRIC,
            cms.Flags.BLACKPOINTCOMPENSATION,
        )
        return _judge(transform, colours, name, is_deep)
    except (cms.PyCMSError, OSError, ValueError, TypeError):
        return _leave("has a broken colour profile", colours)


def _leave(what: str, colours: Colours) -> Conversion:
    return Conversion(f"{what}; {_PLAIN if colours == 'cmyk' else _LEFT}")


def _find_name(cms: Any, profile: Any) -> str:
    text = "".join(c for c in cms.getProfileDescription(profile) if c.isprintable()).strip()
    return text[:60] or "unnamed"


def _judge(transform: Any, colours: Colours, name: str, is_deep: bool) -> Conversion:
    if colours == "cmyk":
        return Conversion(f"was converted from CMYK, “{name}”, to sRGB", transform)
    if colours == "grey":
        ramp = np.arange(256, dtype=np.uint8)[None]
        table = _apply(transform, ramp, "L")[..., 1]
        difference = np.abs(table.astype(int) - ramp).max()
    else:
        table = None
        steps = np.linspace(0, 255, 9).astype(np.uint8)
        lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
        difference = np.abs(_apply(transform, lattice).astype(int) - lattice).max()
    if difference <= _TOLERANCE:
        return Conversion()
    if is_deep:
        return Conversion(
            f"has the colour profile “{name}”, which is converted only in 8 bit; {_LEFT}"
        )
    notice = f"was converted from “{name}” to sRGB"
    return Conversion(notice, table=table) if colours == "grey" else Conversion(notice, transform)


def _apply(transform: Any, pixels: NDArray[np.uint8], mode: str = "RGB") -> NDArray[np.uint8]:
    from PIL import Image as Pillow

    size = pixels.shape[1], pixels.shape[0]
    source = Pillow.frombuffer(mode, size, np.ascontiguousarray(pixels), "raw", mode, 0, 1)
    return np.asarray(transform.apply(source))


def _look_up(image: Image, table: NDArray[np.uint8]) -> Image:
    result = cv2.LUT(image, np.ascontiguousarray(table).reshape(256))
    if image.ndim == 3 and image.shape[2] == 4:
        result[..., 3] = image[..., 3]
    return cast(Image, result)
