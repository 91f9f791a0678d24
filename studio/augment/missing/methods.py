"""The ways in which an operation can fill, to be compared with each other."""

from collections.abc import Sequence
from itertools import product

from studio.augment.operation import Operation
from studio.augment.param import Choice, Number, Value


def list_methods(operation: Operation) -> Sequence[dict[str, Value]]:
    """Return the operation's values once for each combination of its named ones.

    Numbers have the middle of what a new step allows.
    """
    choices = [param for param in operation.params if isinstance(param, Choice)]
    middles = {
        param.name: param.draw(param.default, 0.5)
        for param in operation.params
        if isinstance(param, Number)
    }
    return [
        {**middles, **dict(zip((choice.name for choice in choices), options, strict=True))}
        for options in product(*(choice.options for choice in choices))
    ]
