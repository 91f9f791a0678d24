"""What a file has at one of its pixels, as rules want it. No widgets here."""

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from studio.augment.missing.looking import full_scale

if TYPE_CHECKING:
    from studio.qt.compare.sources import Source


@dataclass(frozen=True)
class PixelRequest:
    """A pixel, (x, y), of a source's full picture."""

    source: "Source"
    at: tuple[int, int]


@dataclass(frozen=True)
class Pixel:
    """Red, green and blue as the file has them; `unit` is a level of 255 in such a file."""

    values: tuple[float, float, float]
    unit: float

    @property
    def is_finite(self) -> bool:
        return all(map(isfinite, self.values))

    @property
    def levels(self) -> tuple[int, int, int]:
        """The nearest levels from 0 to 255 of a finite pixel."""
        red, green, blue = (min(255, max(0, round(each / self.unit))) for each in self.values)
        return red, green, blue


def read_pixel(values: NDArray[Any], at: tuple[int, int]) -> Pixel:
    """Return the pixel at (x, y), or the nearest one inside."""
    height, width = values.shape[:2]
    x, y = min(max(at[0], 0), width - 1), min(max(at[1], 0), height - 1)
    found = values[y, x]
    blue, green, red = [float(found)] * 3 if values.ndim == 2 else map(float, found[:3])
    return Pixel((red, green, blue), full_scale(values) / 255)
