"""What an operation is. One typed function declares everything that the rest of the program shows.

An operation is a function under `@operation(group)`. Its return type says what kind it is, its
keyword parameters are `Annotated` with a `Number` or a `Choice`, its docstring is its help.
The window's cards, the command line, the recipe's validation and schema, and the contract test
all read this declaration, so adding an operation touches one file.
"""

import inspect
import reprlib
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Annotated, Any, TypeVar

import numpy as np
from numpy.typing import NDArray


class Kind(Enum):
    """What an operation returns, which is what lets neighbours of one kind fuse."""

    MATRIX = "matrix"
    TABLE = "table"
    PIXELS = "pixels"


Matrix = Annotated[NDArray[np.float64], Kind.MATRIX]
"""A 3×3 map from source to result, in pixels from the image's centre, x right and y down."""

Table = Annotated[NDArray[np.float64], Kind.TABLE]
"""New levels for the levels that were passed in, both as shares of full scale, 0 to 1."""

Pixels = Annotated[NDArray[Any], Kind.PIXELS]
"""New pixels, (H, W) or (H, W, 3) BGR, of the shape and dtype that were passed in."""

Range = tuple[float, float]
Choices = tuple[str, ...]
Setting = Range | Choices
Value = int | float | str


@dataclass(frozen=True)
class Frame:
    """What an operation may know beside its parameters.

    `width` and `height` are those of the pixels at hand. `scale` is their size relative to the
    full image: 1 in an export, less on a preview's proxy, where a pixel is the mean of several.
    `seed` is the step's own, for what has too many random numbers to list in a plan.
    """

    width: int
    height: int
    scale: float = 1.0
    seed: int = 0

    @property
    def shorter_side(self) -> int:
        return min(self.width, self.height)

    def random(self) -> np.random.Generator:
        """Return this step's generator, the same numbers each time it is called."""
        return np.random.Generator(self.bits())

    def bits(self) -> np.random.SFC64:
        """Return this step's source of raw words, the cheapest randomness for whole images."""
        return np.random.SFC64(self.seed)


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number parameter, drawn uniformly from a range `[low, high]` inside its bounds.

    `neutral` is the value that changes nothing, `step` the resolution of a typed field.
    """

    low: float
    high: float
    default: Range
    help: str
    neutral: float | None = None
    unit: str = ""
    step: float = 1.0
    integer: bool = False
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
    name: str = ""
    neutral: None = field(default=None, init=False)

    def parse(self, data: object) -> Choices:
        """Return the allowed values from a recipe file; ValueError says what is wrong."""
        values = data if isinstance(data, list | tuple) else [data]
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


@dataclass(frozen=True)
class Operation:
    """One registered operation."""

    name: str
    group: str
    kind: Kind
    params: tuple[Param, ...]
    help: str
    function: Callable[..., Any] = field(repr=False)

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @property
    def summary(self) -> str:
        return self.help.partition("\n")[0]

    def param(self, name: str) -> Param:
        """Return one parameter's declaration; KeyError if there is none of that name."""
        for param in self.params:
            if param.name == name:
                return param
        raise KeyError(name)

    def defaults(self) -> dict[str, Setting]:
        """Return what a new step of this operation allows."""
        return {param.name: param.default for param in self.params}


GROUPS = ("Geometry", "Colour and tone", "Noise", "Blur and quality", "Occlusion and weather")

_REGISTRY: dict[str, Operation] = {}
_Function = TypeVar("_Function", bound=Callable[..., Any])


def operation(group: str) -> Callable[[_Function], _Function]:
    """Register the decorated function as an operation of `group`.

    By its return type the function is one of
    - `(frame, *, ...) -> Matrix`,
    - `(levels, *, ...) -> Table`, called with all levels at once,
    - `(image, frame, *, ...) -> Pixels`: `image` is grey or BGR, and the function's to overwrite.
    """

    def register(function: _Function) -> _Function:
        hints = typing.get_type_hints(function, include_extras=True)
        params = tuple(
            _declared_param(name, hints[name])
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        )
        name = function.__name__
        _REGISTRY[name] = Operation(
            name=name,
            group=group,
            kind=typing.get_args(hints["return"])[1],
            params=params,
            help=inspect.cleandoc(function.__doc__ or ""),
            function=function,
        )
        return function

    return register


def _declared_param(name: str, hint: Any) -> Param:
    value_type, declaration = typing.get_args(hint)
    if isinstance(declaration, Number):
        return replace(declaration, name=name, integer=value_type is int)
    return replace(typing.cast(Choice, declaration), name=name)


def get(name: str) -> Operation:
    """Return an operation by name; KeyError if there is none."""
    return _REGISTRY[name]


def all_operations() -> Sequence[Operation]:
    """Return every operation, group by group, in the order of declaration."""
    return sorted(_REGISTRY.values(), key=lambda operation: GROUPS.index(operation.group))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
