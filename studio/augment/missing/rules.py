"""What a rule that finds missing pixels is. One typed function declares all that others show.

A rule is a function under `@rule()` that tells from a file's own values which pixels are missing.
Its keyword parameters are `Annotated` with a `Number` or a `Choice` as those of an operation are,
its docstring is its help. Unlike an operation's, its values are fixed: nothing is drawn.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.augment.image import Mask
from studio.augment.param import Param, Value, declared_params
from studio.errors import UserError


class MissingRule(Struct, frozen=True):
    """A rule by its name, and the values of all its parameters."""

    rule: str
    params: Mapping[str, Value]
    enabled: bool = True


@dataclass(frozen=True)
class Rule:
    """One registered rule. With `reads_mask_file` it looks at the mask file's pixels instead."""

    name: str
    title: str
    help: str
    params: tuple[Param, ...]
    function: Callable[..., NDArray[np.bool_]] = field(repr=False)
    reads_mask_file: bool = False

    @property
    def summary(self) -> str:
        return self.help.partition("\n")[0]

    def param(self, name: str) -> Param:
        """Return one parameter's declaration; KeyError if there is none of that name."""
        for param in self.params:
            if param.name == name:
                return param
        raise KeyError(name)

    def defaults(self) -> dict[str, Value]:
        """Return the values of a rule as it is when a person adds it."""
        return {param.name: param.draw(param.parse(param.default), 0) for param in self.params}


_REGISTRY: dict[str, Rule] = {}
_Function = TypeVar("_Function", bound=Callable[..., NDArray[np.bool_]])


def rule(*, title: str = "", reads_mask_file: bool = False) -> Callable[[_Function], _Function]:
    """Register the decorated function as a rule.

    It is called as `(values, *, ...)` and returns a bool array (H, W), true where a pixel is
    missing. `values` are those of the file, (H, W), (H, W, 3) BGR or (H, W, 4) BGRA: uint8,
    uint16, or another dtype of numbers, NaN and infinity included. With `reads_mask_file` they
    are the mask file's. `title` is what people read where the function's name would not do.
    """

    def register(function: _Function) -> _Function:
        name = function.__name__
        _REGISTRY[name] = Rule(
            name=name,
            title=title or name.replace("_", " ").capitalize(),
            help=inspect.cleandoc(function.__doc__ or ""),
            params=declared_params(function),
            function=function,
            reads_mask_file=reads_mask_file,
        )
        return function

    return register


def get_rule(name: str) -> Rule:
    """Return a rule by name; KeyError if there is none."""
    return _REGISTRY[name]


def all_rules() -> Sequence[Rule]:
    """Return every rule in the order of declaration."""
    return tuple(_REGISTRY.values())


def default_rule(name: str) -> MissingRule:
    """Return a rule as it is when a person adds it; KeyError if there is none of that name."""
    return MissingRule(name, get_rule(name).defaults())


def find_missing(
    values: NDArray[Any], rules: Iterable[MissingRule], mask_file: NDArray[Any] | None = None
) -> Mask | None:
    """Return which pixels any of the enabled rules finds, None where they find nothing.

    `values` are the file's own, as told at `rule`. `mask_file` are the pixels of the mask beside
    it; without them a rule that reads them finds nothing. UserError if the two differ in size.
    """
    found: NDArray[np.bool_] | None = None
    for chosen in rules:
        if not chosen.enabled:
            continue
        declared = get_rule(chosen.rule)
        source = mask_file if declared.reads_mask_file else values
        if source is None:
            continue
        if source.shape[:2] != values.shape[:2]:
            raise UserError(f"the mask is {_size(source)} pixels, the image {_size(values)}")
        one = declared.function(source, **chosen.params)
        found = one if found is None else np.logical_or(found, one, out=found)
    if found is None or not found.any():
        return None
    # 0 - 1 is 255 in 8 bit.
    return cast(Mask, np.negative(np.ascontiguousarray(found).view(np.uint8)))


def _size(values: NDArray[Any]) -> str:
    return f"{values.shape[1]}×{values.shape[0]}"
