"""What an operation is. One typed function declares everything that the rest of the program shows.

An operation is a function under `@operation(group)`. Its return type says what kind it is, its
keyword parameters are `Annotated` with a `Number` or a `Choice`, its docstring is its help.
The window's cards, the command line, the recipe's validation and schema, and the contract test
all read this declaration, so adding an operation touches one file.
"""

import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from studio.augment.dice import Dice
from studio.augment.frame import Frame
from studio.augment.image import Mask
from studio.augment.kinds import (
    Branch,
    Chosen,
    ColourMatrix,
    Field,
    Filled,
    Kind,
    Lost,
    Matrix,
    Mixed,
    Pixels,
    Policy,
    Reframe,
    Reframed,
    Table,
)
from studio.augment.param import (
    Choice,
    Choices,
    Number,
    Param,
    Range,
    Setting,
    Value,
    declared_params,
)

__all__ = [
    "GROUPS",
    "Branch",
    "Choice",
    "Choices",
    "Chosen",
    "ColourMatrix",
    "Dice",
    "Field",
    "Filled",
    "Frame",
    "Kind",
    "Lost",
    "Mask",
    "Matrix",
    "Mixed",
    "Number",
    "Operation",
    "Param",
    "Pixels",
    "Policy",
    "Range",
    "Reframe",
    "Reframed",
    "Setting",
    "Table",
    "Value",
    "all_operations",
    "get",
    "operation",
]


@dataclass(frozen=True)
class Operation:
    """One registered operation."""

    name: str
    group: str
    kind: Kind
    params: tuple[Param, ...]
    help: str
    title: str
    function: Callable[..., Any] = field(repr=False)
    partners: int = 0
    shares: Callable[..., tuple[float, ...]] | None = field(default=None, repr=False)
    borrows: bool = False

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


GROUPS = (
    "Geometry",
    "Colour and tone",
    "Noise",
    "Blur and quality",
    "Occlusion and weather",
    "Missing values",
    "Mixing",
    "Policies",
)

_REGISTRY: dict[str, Operation] = {}
_Function = TypeVar("_Function", bound=Callable[..., Any])


def operation(
    group: str,
    *,
    title: str = "",
    partners: int = 0,
    shares: Callable[..., tuple[float, ...]] | None = None,
    borrows: bool = False,
) -> Callable[[_Function], _Function]:
    """Register the decorated function as an operation of `group`.

    By its return type the function is one of
    - `(frame, *, ...) -> Matrix`, or `-> Reframe` where the size changes,
    - `(x, y, frame, *, ...) -> Field`, called with float64 arrays of one shape,
    - `(levels, *, ...) -> Table`, called with all levels at once,
    - `(*, ...) -> ColourMatrix`, not called for grey pictures,
    - `(image, frame, *, ...) -> Pixels`: `image` is grey or BGR, and the function's to overwrite,
    - `(image, others, frame, *, ...) -> Mixed`: the same, with `partners` other images of the
      same shape and dtype to read from; `shares(...)` tells of the same values how much of the
      result is of the image itself and of each other,
    - `(image, frame, *, ...) -> Lost`: overwrites pixels with a level that stands for no data, and
      returns a mask of them, which is the caller's,
    - `(image, missing, frame, *, ...) -> Filled`: `missing` is the mask of what is to be filled,
      neither nothing nor everything; only there the image is the function's to overwrite, and what
      it holds there means nothing. With `borrows` the mean image of the class, of the image's
      shape and dtype, comes before `frame`,
    - `(dice, *, ...) -> Policy`, called when a plan is drawn,
    - `(weights, dice, *, ...) -> Chosen`: the same for a group of steps, which have these weights.

    `title` is what people read where the function's name, in words, would not do.
    """

    def register(function: _Function) -> _Function:
        hints = typing.get_type_hints(function, include_extras=True)
        name = function.__name__
        _REGISTRY[name] = Operation(
            name=name,
            group=group,
            kind=typing.get_args(hints["return"])[1],
            params=declared_params(function),
            help=inspect.cleandoc(function.__doc__ or ""),
            title=title or name.replace("_", " ").capitalize(),
            function=function,
            partners=partners,
            shares=shares,
            borrows=borrows,
        )
        return function

    return register


def get(name: str) -> Operation:
    """Return an operation by name; KeyError if there is none."""
    return _REGISTRY[name]


def all_operations() -> Sequence[Operation]:
    """Return every operation, group by group, in the order of declaration."""
    return sorted(_REGISTRY.values(), key=lambda operation: GROUPS.index(operation.group))
