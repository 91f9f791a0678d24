"""A mask to show with what a fill does."""

import numpy as np

from studio.augment.image import Mask


def example_mask(height: int, width: int) -> Mask:
    """Return a mask with a block and some rows missing, all of them next to known pixels."""
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : height // 2, width // 3 : width * 2 // 3] = 255
    thickness = max(1, height // 18)
    for share in (0.66, 0.8):
        top = round(height * share)
        mask[top : top + thickness] = 255
    return mask
