"""The picture types that everything passes around."""

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8 | np.uint16]
"""Pixels: (H, W) grey, (H, W, 3) BGR or (H, W, 4) BGRA; uint8 or uint16; C-contiguous."""

Mask = NDArray[np.uint8]
"""(H, W), C-contiguous: 255 where a pixel is missing, in all channels; 0 where it is known."""
