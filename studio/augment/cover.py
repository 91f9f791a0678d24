"""Fit a picture to another, so that the two can be mixed."""

from typing import Any

import cv2
import numpy as np

from studio.augment.image import Image


def cover(image: Any, like: Image) -> Image:
    """Return an image that covers the picture, of its shape and dtype, without alpha."""
    if image.ndim == 3 and like.ndim == 2:
        code = cv2.COLOR_BGRA2GRAY if image.shape[2] == 4 else cv2.COLOR_BGR2GRAY
        image = cv2.cvtColor(image, code)
    elif image.ndim == 2 and like.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    elif image.ndim == 3 and image.shape[2] == 4:
        image = cv2.cvtColor(image, cv2.COLOR_BGRA2BGR)
    if image.dtype != like.dtype:
        to_wide = like.dtype == np.uint16
        image = image.astype(np.uint16) * 257 if to_wide else (image // 257).astype(np.uint8)
    height, width = like.shape[:2]
    scale = max(width / image.shape[1], height / image.shape[0])
    used_width = min(image.shape[1], max(1, round(width / scale)))
    used_height = min(image.shape[0], max(1, round(height / scale)))
    x, y = (image.shape[1] - used_width) // 2, (image.shape[0] - used_height) // 2
    used = image[y : y + used_height, x : x + used_width]
    inter = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fitted: Image = cv2.resize(used, (width, height), interpolation=inter)
    return fitted
