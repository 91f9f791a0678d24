"""The kinds of operations: what a function returns is what lets neighbours of one kind fuse."""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Mask
from studio.augment.param import Value


class Kind(Enum):
    """What an operation returns."""

    MATRIX = "matrix"
    FIELD = "field"
    TABLE = "table"
    COLOUR = "colour"
    PIXELS = "pixels"
    MIX = "mix"
    LOSS = "loss"
    FILL = "fill"
    POLICY = "policy"
    GROUP = "group"


class Reframed(NamedTuple):
    """A matrix, and the size in pixels of the picture that it leads to."""

    matrix: NDArray[np.float64]
    width: int
    height: int


class Branch(NamedTuple):
    """A chain of operations with their values, and its share of the result."""

    weight: float
    steps: tuple[tuple[str, Mapping[str, Value]], ...]


Matrix = Annotated[NDArray[np.float64], Kind.MATRIX]
"""A 3×3 map from source to result, in pixels from each picture's centre, x right and y down."""

Reframe = Annotated[Reframed, Kind.MATRIX]
"""Such a map between pictures of different sizes."""

Field = Annotated[tuple[NDArray[np.float64], NDArray[np.float64]], Kind.FIELD]
"""For places x and y of the result, in pixels from the centre, where they come from."""

Table = Annotated[NDArray[np.float64], Kind.TABLE]
"""New levels for the levels that were passed in, both as shares of full scale, 0 to 1."""

ColourMatrix = Annotated[NDArray[np.float64], Kind.COLOUR]
"""A 3×4 map of blue, green, red and 1 to blue, green and red, as shares of full scale."""

Pixels = Annotated[NDArray[Any], Kind.PIXELS]
"""New pixels, (H, W) or (H, W, 3) BGR, of the shape and dtype that were passed in."""

Mixed = Annotated[NDArray[Any], Kind.MIX]
"""Pixels like `Pixels`, made of several images."""

Lost = Annotated[Mask, Kind.LOSS]
"""Which pixels are missing from now on."""

Filled = Annotated[NDArray[Any], Kind.FILL]
"""Pixels like `Pixels`, with values where some were missing."""

Policy = Annotated[tuple[Branch, ...], Kind.POLICY]
"""Chains of operations that were drawn; more than one are blended by their weights."""

Chosen = Annotated[tuple[int, ...], Kind.GROUP]
"""Which of the steps inside a group happen, by their index."""
