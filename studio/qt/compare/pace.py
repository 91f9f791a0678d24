"""How large a preview can be rendered so that the picture keeps up with a slider."""

from math import sqrt

_BUDGET = 0.008
"""Seconds of a frame of 16 ms for rendering; editing, hand-over and painting take the rest."""
_OVERHEAD = 0.001
"""Seconds that a render takes whatever its size."""
_FIRST_GUESS = 1e-8
_MEMORY = 0.8
_LEAST_PIXELS = 40_000


class Pace:
    """Learns what a pixel costs on this machine with this recipe."""

    def __init__(self) -> None:
        self._seconds_per_pixel = _FIRST_GUESS

    def note(self, pixels: int, seconds: float) -> None:
        """Learn from one render."""
        cost = max(0.0, seconds - _OVERHEAD) / max(1, pixels)
        self._seconds_per_pixel = _MEMORY * self._seconds_per_pixel + (1 - _MEMORY) * cost

    def most_pixels(self) -> float:
        """Return how many pixels can be worked on while the recipe moves."""
        return max(_LEAST_PIXELS, (_BUDGET - _OVERHEAD) / self._seconds_per_pixel)


def reduced_scale(wanted: float, full_pixels: int, most_pixels: float) -> float:
    """Return the scale to render a picture at: `wanted`, or less where it would be too much.

    Less goes in steps of half the pixels, so that there are few proxies to make.
    """
    pixels = full_pixels * wanted**2
    while pixels > most_pixels:
        pixels /= 2
    return sqrt(pixels / full_pixels)
