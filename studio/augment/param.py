"""What a parameter may be: a number drawn from a range, or one of a few named values."""

import inspect
import reprlib
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Range = tuple[float, float]
Choices = tuple[str, ...]
Setting = Range | Choices
Value = int | float | str


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number parameter, drawn uniformly from a range `[low, high]` inside its bounds.

    `neutral` is the value that changes nothing, `step` the resolution of a typed field, `label`
    what people read where the name alone would not do ("X" for a shift sideways).
    """

    low: float
    high: float
    default: Range
    help: str
    neutral: float | None = None
    unit: str = ""
    step: float = 1.0
    integer: bool = False
    label: str = ""
    name: str = ""

    def parse(self, data: object) -> Range:
        """Return a range from a recipe file's number or pair; ValueError says what is wrong."""
        pair: Sequence[Any] = data if isinstance(data, list | tuple) else [data, data]
        if len(pair) != 2 or not all(_is_number(end) for end in pair):
            raise ValueError("must be a number or [low, high]")
        if not all(self.low <= end <= self.high for end in pair):
            raise ValueError(f"must be within {self.low:.10g}..{self.high:.10g}")
        low, high = map(float, pair)
        if low > high:
            raise ValueError(f"must be [low, high], but {low:.10g} is more than {high:.10g}")
        if self.integer and not (low.is_integer() and high.is_integer()):
            raise ValueError("must be whole numbers")
        return (low, high)

    def draw(self, setting: Setting, uniform: float) -> Value:
        """Return the value that a uniform number in [0, 1) picks from the range."""
        low, high = typing.cast(Range, setting)
        if self.integer:
            return int(low) + int(uniform * (int(high) - int(low) + 1))
        return low + uniform * (high - low)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values that `parse` takes."""
        number: dict[str, Any] = {
            "type": "integer" if self.integer else "number",
            "minimum": self.low,
            "maximum": self.high,
        }
        pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        text = f"{self.help} Unit: {self.unit}." if self.unit else self.help
        return {"description": text, "default": list(self.default), "anyOf": [number, pair]}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A parameter with named values, drawn evenly from those that a recipe allows."""

    options: Choices
    default: Choices
    help: str
    label: str = ""
    name: str = ""
    neutral: None = field(default=None, init=False)

    def parse(self, data: object) -> Choices:
        """Return the allowed values from a recipe file; ValueError says what is wrong."""
        given = data if isinstance(data, list | tuple) else [data]
        # Names such as 90 are numbers where a person writes them without quotes.
        values = [str(value) if type(value) is int else value for value in given]
        if not values:
            raise ValueError("must allow at least one value")
        for value in values:
            if value not in self.options:
                shown = f", not {reprlib.repr(value)}" if isinstance(value, str) else ""
                raise ValueError(f"must be one of {', '.join(self.options)}{shown}")
        return tuple(option for option in self.options if option in values)

    def draw(self, setting: Setting, uniform: float) -> Value:
        """Return the value that a uniform number in [0, 1) picks from the allowed ones."""
        return setting[int(uniform * len(setting))]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values that `parse` takes."""
        one = {"enum": list(self.options)}
        several = {"type": "array", "items": one, "minItems": 1, "uniqueItems": True}
        return {"description": self.help, "default": list(self.default), "anyOf": [one, several]}


Param = Number | Choice


def declared_params(function: Callable[..., Any]) -> tuple[Param, ...]:
    """Return the declarations of a function's keyword parameters, with their names."""
    hints = typing.get_type_hints(function, include_extras=True)
    params: list[Param] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            value_type, declaration = typing.get_args(hints[name])
            if isinstance(declaration, Number):
                params.append(replace(declaration, name=name, integer=value_type is int))
            else:
                params.append(replace(typing.cast(Choice, declaration), name=name))
    return tuple(params)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
