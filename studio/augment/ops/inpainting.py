"""Operations that fill missing pixels by carrying on what lies around them."""

from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.missing.patches import fill_from_patches
from studio.augment.missing.smooth import fill_smoothly
from studio.augment.operation import Choice, Filled, Frame, Mask, Number, operation

_BORDER = 2
_RADIUS = Number(
    low=0.2,
    high=5,
    default=(0.6, 0.6),
    unit="%",
    step=0.1,
    help="How far a pixel looks around, in percent of the shorter side; at least 1 pixel.",
)


@operation("Missing values", title="Fill: Telea inpainting")
def fill_telea(
    image: Filled, missing: Mask, frame: Frame, *, radius: Annotated[float, _RADIUS]
) -> Filled:
    """Fill from the border inwards with weighted means.

    For scratches, lost rows and small holes that edges cross; large ones become streaks.
    Telea 2004, doi 10.1080/10867651.2004.10487596, by OpenCV.
    """
    return _inpaint(image, missing, frame.pixels(radius), cv2.INPAINT_TELEA)


@operation("Missing values", title="Fill: Navier–Stokes inpainting")
def fill_navier_stokes(
    image: Filled, missing: Mask, frame: Frame, *, radius: Annotated[float, _RADIUS]
) -> Filled:
    """Fill by letting lines of equal level flow in.

    For scratches, single pixels and thin gaps. Bertalmio, Bertozzi and Sapiro 2001,
    doi 10.1109/CVPR.2001.990497, by OpenCV.
    """
    return _inpaint(image, missing, frame.pixels(radius), cv2.INPAINT_NS)


@operation("Missing values", title="Fill: smooth surface")
def fill_smooth(
    image: Filled,
    missing: Mask,
    frame: Frame,
    *,
    kind: Annotated[
        str,
        Choice(
            options=("membrane", "plate"),
            default=("membrane",),
            help="Membrane: levels stay between those around. Plate: slopes go on into the hole.",
        ),
    ],
) -> Filled:
    """Stretch a smooth surface over the hole.

    For soft pictures such as skies, skin and depth images, and the safest where little is known.
    A membrane solves Laplace's equation. A plate solves the biharmonic one: better in small
    holes, while in large ones it may swing beyond the levels around.
    """
    levels = _levels(image)
    fill_smoothly(levels, missing, kind)
    return _lay_in(levels, image, missing)


@operation("Missing values", title="Fill: patches")
def fill_patches(image: Filled, missing: Mask, frame: Frame) -> Filled:
    """Continue texture with patches of the picture.

    For large holes in grass, walls, fabric and along edges, where a smooth fill would look
    painted; what it puts there is likely, not true. PatchMatch, Barnes et al. 2009,
    doi 10.1145/1531326.1531330.
    """
    levels = _levels(image)
    fill_from_patches(levels, missing, frame.random())
    return _lay_in(levels, image, missing)


def _inpaint(image: Filled, missing: Mask, radius: float, method: int) -> Filled:
    levels = _levels(image)
    channels = 1 if image.ndim == 2 else image.shape[2]
    # OpenCV looks at a few missing pixels before it fills them.
    mean = cv2.mean(image, cv2.bitwise_not(missing))[:channels]
    flat = levels.reshape(missing.size, -1)
    flat[np.flatnonzero(missing)] = np.array(mean) / (np.iinfo(image.dtype).max / 255)
    # At edges it looks beyond the picture, and in single rows it divides by zero.
    levels, holes = (_bordered(plane) for plane in (levels, missing))
    # Rounding to whole levels on the way inwards would lead the same picture of another depth
    # elsewhere; and Telea's method adds a slope's direction as if it were a level of 255.
    planes: list[Any] = [levels] if image.ndim == 2 else [*cv2.split(levels)]
    filled = [cv2.inpaint(plane, holes, max(1.0, radius), method) for plane in planes]
    inner = np.dstack(filled)[_BORDER:-_BORDER, _BORDER:-_BORDER]
    return _lay_in(np.ascontiguousarray(inner), image, missing)


def _bordered(plane: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(cv2.copyMakeBorder(plane, *(_BORDER,) * 4, cv2.BORDER_REFLECT))


def _levels(image: Filled) -> NDArray[np.float32]:
    """Return a picture as levels of an 8-bit one."""
    levels = image.astype(np.float32)
    if image.dtype == np.uint16:
        levels /= 257
    return levels


def _lay_in(levels: NDArray[np.float32], image: Filled, missing: Mask) -> Filled:
    """Write the missing pixels, from levels of an 8-bit picture."""
    full = np.iinfo(image.dtype).max
    at = np.flatnonzero(missing)
    pixels, found = image.reshape(missing.size, -1), levels.reshape(missing.size, -1)[at]
    pixels[at] = np.rint(np.clip(found * (full / 255), 0, full))
    return image
