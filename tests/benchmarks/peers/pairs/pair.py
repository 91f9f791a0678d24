"""What makes two operations do equal work."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from studio.augment.image import Image


def _no_data(image: Image) -> Mapping[str, Any]:
    return {}


class Pair(NamedTuple):
    """An operation of ours with fixed values, and a transform of equal strength.

    Values that are left out are in the middle of their default ranges. `remark` says where the
    work differs, `data` makes what the transform wants beside the image.
    """

    op: str
    transform: Any
    values: Mapping[str, object] = {}
    remark: str = ""
    data: Callable[[Image], Mapping[str, Any]] = _no_data


def fixed(transform: Any, **params: Any) -> Any:
    """Return the transform, which always has these values now, where no argument narrows them."""
    transform.get_params_dependent_on_data = lambda **_: params
    return transform
