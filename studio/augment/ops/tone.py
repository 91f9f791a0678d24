"""Operations on brightness levels: each gives a table, and neighbours become one lookup."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Number, Table, operation

Levels = NDArray[np.float64]


@operation("Colour and tone")
def brightness(
    levels: Levels,
    *,
    change: Annotated[
        float,
        Number(
            low=-100,
            high=100,
            default=(-20, 20),
            neutral=0,
            unit="%",
            step=1,
            help="Added to every level, in percent of full scale.",
        ),
    ],
) -> Table:
    """Make the picture lighter or darker by the same amount everywhere."""
    return levels + change / 100


@operation("Colour and tone")
def contrast(
    levels: Levels,
    *,
    factor: Annotated[
        float,
        Number(
            low=0,
            high=3,
            default=(0.75, 1.3),
            neutral=1,
            unit="×",
            step=0.01,
            help="Distance from mid-grey is multiplied by this; 0 leaves plain grey.",
        ),
    ],
) -> Table:
    """Spread levels away from mid-grey, or draw them towards it."""
    return (levels - 0.5) * factor + 0.5
