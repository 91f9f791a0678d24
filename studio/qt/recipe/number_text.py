"""A parameter's values as text."""

from PySide6.QtCore import QLocale

from studio.augment.operation import Number


def decimals(number: Number) -> int:
    """Return how many decimals a value of this parameter is shown with."""
    return 0 if number.integer else len(f"{number.step:f}".rstrip("0").partition(".")[2])


def suffix(number: Number) -> str:
    """Return what follows a value in a narrow field: the unit where it is a sign, not a word."""
    return number.unit if len(number.unit) <= 2 else ""


def format_value(number: Number, value: float) -> str:
    """Return a value as text with its unit, in the decimals of its field."""
    return with_unit(number, QLocale().toString(float(value), "f", decimals(number)))


def with_unit(number: Number, text: str) -> str:
    """Return a value's text with the unit, set off where it is a word."""
    return text + (suffix(number) or f" {number.unit}").rstrip()
