"""An operation that fills missing pixels from what other images of the class have there."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Filled, Frame, Mask, operation


@operation("Missing values", title="Fill: class mean", borrows=True)
def fill_class_mean(image: Filled, missing: Mask, mean: NDArray[Any], frame: Frame) -> Filled:
    """Fill from the mean image of the class, brought to the image's own levels.

    For classes whose images show the same thing in the same place, such as faces, scans or
    digits, and for holes too large for what is around them to tell. Pictures that have nothing in
    common get a blur. The image's class is its folder; its split keeps to itself.
    """
    known = cv2.bitwise_not(missing)
    shift = np.subtract(cv2.mean(image, mask=known), cv2.mean(mean, mask=known))
    channels = 1 if image.ndim == 2 else 3
    holes = np.flatnonzero(missing)
    levels = np.rint(mean.reshape(missing.size, channels)[holes] + shift[:channels])
    most = np.iinfo(image.dtype).max
    image.reshape(missing.size, channels)[holes] = levels.clip(0, most)
    return image
