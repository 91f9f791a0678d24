"""Operations that make one picture of several.

The others are fitted to the picture before, so that they cover it: enlarged or shrunk with their
proportions kept, and what then stands over is cut off.
"""

from collections.abc import Sequence
from typing import Annotated

import cv2
import numpy as np

from studio.augment.operation import Frame, Mixed, Number, Pixels, operation


def _mixup_shares(*, share: float) -> tuple[float, ...]:
    return (1 - share / 100, share / 100)


@operation("Mixing", partners=1, shares=_mixup_shares)
def mixup(
    image: Pixels,
    others: Sequence[Pixels],
    frame: Frame,
    *,
    share: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(5, 35),
            neutral=0,
            unit="%",
            step=1,
            help="How much of the result is of the other image.",
        ),
    ],
) -> Mixed:
    """Blend with another image of the data set.

    The label is blended alike: the manifest says how much of each class is in the file. Zhang et
    al. 2018, arXiv 1710.09412; there the share is drawn from a Beta distribution.
    """
    own, other = _mixup_shares(share=share)
    return cv2.addWeighted(image, own, others[0], other, 0, dst=image)


def _cutmix_shares(*, area: float, x: float, y: float) -> tuple[float, ...]:
    return (1 - area / 100, area / 100)


@operation("Mixing", title="CutMix", partners=1, shares=_cutmix_shares)
def cutmix(
    image: Pixels,
    others: Sequence[Pixels],
    frame: Frame,
    *,
    area: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(10, 40),
            neutral=0,
            unit="%",
            step=1,
            help="Size of the patch, in percent of the picture's area.",
        ),
    ],
    x: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(0, 100),
            unit="%",
            step=1,
            label="X",
            help="Where the patch is: 0 at the left edge, 100 at the right.",
        ),
    ],
    y: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(0, 100),
            unit="%",
            step=1,
            label="Y",
            help="Where the patch is: 0 at the top, 100 at the bottom.",
        ),
    ],
) -> Mixed:
    """Cover a patch with the same patch of another image.

    The label is shared out by area: the manifest says how much of each class is in the file. Yun
    et al. 2019, arXiv 1905.04899; here the patch never reaches over the edge.
    """
    side = (area / 100) ** 0.5
    width, height = round(side * frame.width), round(side * frame.height)
    left = round(x / 100 * (frame.width - width))
    top = round(y / 100 * (frame.height - height))
    box = np.s_[top : top + height, left : left + width]
    image[box] = others[0][box]
    return image


def _mosaic_shares(*, x: float, y: float) -> tuple[float, ...]:
    right, down = x / 100, y / 100
    return (
        right * down,
        (1 - right) * down,
        right * (1 - down),
        (1 - right) * (1 - down),
    )


@operation("Mixing", partners=3, shares=_mosaic_shares)
def mosaic(
    image: Pixels,
    others: Sequence[Pixels],
    frame: Frame,
    *,
    x: Annotated[
        float,
        Number(
            low=10,
            high=90,
            default=(35, 65),
            unit="%",
            step=1,
            label="X",
            help="Where the four pictures meet, in percent of the width.",
        ),
    ],
    y: Annotated[
        float,
        Number(
            low=10,
            high=90,
            default=(35, 65),
            unit="%",
            step=1,
            label="Y",
            help="Where the four pictures meet, in percent of the height.",
        ),
    ],
) -> Mixed:
    """Put the picture and three others into the quarters of one.

    Each is shrunk to its quarter whole. The label is shared out by area: the manifest says how
    much of each class is in the file. Bochkovskiy et al. 2020, arXiv 2004.10934, section 3.3.
    """
    across, down = round(x / 100 * frame.width), round(y / 100 * frame.height)
    own = image.copy()
    columns = (slice(0, across), slice(across, frame.width))
    rows = (slice(0, down), slice(down, frame.height))
    places = [(row, column) for row in rows for column in columns]
    for place, picture in zip(places, (own, *others), strict=True):
        quarter = image[place]
        if quarter.size:
            size = (quarter.shape[1], quarter.shape[0])
            quarter[...] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return image
