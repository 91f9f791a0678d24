"""The one picture type that everything passes around."""

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8 | np.uint16]
"""Pixels: (H, W) grey, (H, W, 3) BGR or (H, W, 4) BGRA; uint8 or uint16; C-contiguous."""
