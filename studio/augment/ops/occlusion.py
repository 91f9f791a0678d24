"""Operations that hide parts of the picture."""

from math import exp, log, sqrt
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Choice, Frame, Number, Pixels, operation

_WIDEST_ASPECT = 1 / 0.3


@operation("Occlusion and weather")
def erase(
    image: Pixels,
    frame: Frame,
    *,
    area: Annotated[
        float,
        Number(
            low=0,
            high=60,
            default=(2, 12),
            neutral=0,
            unit="%",
            step=0.5,
            help="Size of each rectangle, in percent of the picture's area.",
        ),
    ],
    count: Annotated[
        int, Number(low=1, high=20, default=(1, 3), step=1, help="How many rectangles.")
    ],
    fill: Annotated[
        str,
        Choice(
            options=("noise", "mean", "black", "grey", "white"),
            default=("noise",),
            help="What the rectangles are filled with.",
        ),
    ],
) -> Pixels:
    """Cover random rectangles, so that a network learns not to lean on one detail.

    Random Erasing, Zhong et al. 2017, arXiv 1708.04896: side ratios from 0.3 to 3.3, here
    relative to the picture's own.
    """
    share = area / 100
    if share == 0:
        return image
    random = frame.random()
    # All places come first: how many numbers a filling takes depends on the pixels at hand.
    places = random.random((count, 3))
    mean = image.mean(axis=(0, 1)) if fill == "mean" else None
    for ratio, left, top in places:
        aspect = exp((2 * ratio - 1) * log(_WIDEST_ASPECT))
        aspect = min(max(aspect, share), 1 / share)
        width = max(1, round(sqrt(share * aspect) * frame.width))
        height = max(1, round(sqrt(share / aspect) * frame.height))
        x, y = round(left * (frame.width - width)), round(top * (frame.height - height))
        box = image[y : y + height, x : x + width]
        box[...] = _fill_of(box, fill, frame.scale, mean, random)
    return image


def _fill_of(
    box: Pixels,
    fill: str,
    scale: float,
    mean: NDArray[np.float64] | None,
    random: np.random.Generator,
) -> Any:
    full = float(np.iinfo(box.dtype).max)
    if mean is not None:
        return np.rint(mean)
    if fill == "noise":
        noise = random.random(box.shape, dtype=np.float32) - 0.5
        return np.rint(full * (0.5 + noise * scale))
    return {"black": 0.0, "grey": round(full / 2), "white": full}[fill]
