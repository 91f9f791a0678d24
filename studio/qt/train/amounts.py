"""How numbers of images, times and measured values are written, in few letters."""

import math


def short_count(value: float) -> str:
    """Return a number of images in few letters: 950, 20k, 1.5M."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g}{letter}"
    return f"{value:.4g}"


def clock(seconds: float) -> str:
    """Return a time as a clock shows it: 0:05, 12:30, 1:05:00."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours}:{minutes:02}:{whole % 60:02}"
    return f"{minutes}:{whole % 60:02}"


def figure(value: float) -> str:
    """Return a measured value in three figures; without an exponent unless it is tiny or huge."""
    if not math.isfinite(value):
        return "–"
    if value != 0 and not 1e-4 <= abs(value) < 1e6:
        return f"{value:.2e}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def percent(share: float) -> str:
    """Return a share in 0..1 as a whole percentage."""
    return f"{share * 100:.0f} %" if math.isfinite(share) else "–"
