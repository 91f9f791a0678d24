"""Every way of filling that the registry knows, each a method to compare."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from studio.augment import ops  # noqa: F401 (registers the operations)
from studio.augment.dice import Dice
from studio.augment.engine import Partner, apply
from studio.augment.image import Image, Mask
from studio.augment.missing.methods import list_methods
from studio.augment.operation import (
    Choice,
    Kind,
    Operation,
    Setting,
    Value,
    all_operations,
    get,
)
from studio.augment.plan import CLASS_MEAN, Plan, PlannedStep


class Method(Struct, frozen=True):
    """A fill operation with a value for every parameter. `name` tells it from all others."""

    name: str
    op: str
    values: Mapping[str, Value]

    @property
    def title(self) -> str:
        """What people read: the operation's title, and what tells its methods apart."""
        operation = get(self.op)
        kinds = [str(self.values[param.name]) for param in _choices(operation)]
        return f"{operation.title} ({', '.join(kinds)})" if kinds else operation.title

    @property
    def borrows(self) -> bool:
        """Whether it needs the mean image of the class."""
        return get(self.op).borrows

    def settings(self) -> dict[str, Setting]:
        """Return what a recipe's step of the operation allows if it is to be this method."""
        return {
            name: (value,) if isinstance(value, str) else (float(value), float(value))
            for name, value in self.values.items()
        }


def all_methods() -> Sequence[Method]:
    """Return the methods in the registry's order: each fill, once for each of its named choices.

    Numbers have the middle of their first range.
    """
    fills = [each for each in all_operations() if each.kind is Kind.FILL]
    return [method for operation in fills for method in _methods_of(operation)]


def fill(
    image: Image,
    missing: Mask,
    method: Method,
    key: str,
    seed: int,
    partner: Partner | None = None,
) -> Image:
    """Return the image with its missing pixels filled, as a recipe of this one step would do it.

    `seed` and the image's `key` give the random numbers. `partner` gives what a method borrows.
    """
    partners = (f"{CLASS_MEAN}{key}",) if method.borrows else ()
    word = Dice(f"{seed}\0{key}\0{method.name}").word()
    step = PlannedStep(method.op, method.op, word, method.values, partners)
    plan = Plan(key, 1, "reflect", 0.0, (step,))
    return apply(plan, image, partner=partner, missing=missing)


def _methods_of(operation: Operation) -> Sequence[Method]:
    methods = []
    for values in list_methods(operation):
        chosen = [f"{choice.name}={values[choice.name]}" for choice in _choices(operation)]
        methods.append(Method(" ".join((operation.name, *chosen)), operation.name, values))
    return methods


def _choices(operation: Operation) -> Sequence[Choice]:
    return [param for param in operation.params if isinstance(param, Choice)]
