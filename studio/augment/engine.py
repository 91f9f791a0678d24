"""Apply a plan to pixels. Neighbours of one kind fuse: one warp, one lookup, one transform."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from typing import Any, cast

import cv2
import numpy as np

from studio.augment import ops  # noqa: F401 (registers the operations)
from studio.augment.cover import cover
from studio.augment.holes import is_fillable, join, lay_in, moved
from studio.augment.image import Image, Mask
from studio.augment.operation import Frame, Kind, get
from studio.augment.place import Placement
from studio.augment.plan import Plan, PlannedStep
from studio.augment.scratch import scratch
from studio.augment.source import Source
from studio.augment.tones import apply_colours, apply_tables, with_alpha

Partner = Callable[[str], Image]
"""Gives the image of a key, to be mixed in."""

_FAMILY = {
    Kind.MATRIX: "place",
    Kind.FIELD: "place",
    Kind.TABLE: "table",
    Kind.COLOUR: "colour",
    Kind.FILL: "fill",
}


def apply(
    plan: Plan,
    image: Image,
    *,
    scale: float = 1.0,
    partner: Partner | None = None,
    missing: Mask | None = None,
) -> Image:
    """Return the image as the plan says; the input is left as it is.

    Depth and channels are kept. Nothing is random here: the same plan and pixels give the same
    bytes, in any thread. `scale` is the image's size relative to the full one, for previews on
    a proxy. Alpha moves with geometry and is otherwise kept. `partner` loads what the plan mixes
    in; without it the image itself takes every partner's place. `missing`, of the image's height
    and width, tells the pixels that the plan's fills are for, beside those that it loses itself.
    """
    with closing(Source(image)) as source:
        result = _Work(plan, source, scale, partner, np.empty, missing).run()
    return result.copy() if result is image else result


def apply_each(
    plans: Iterable[Plan],
    image: Image,
    *,
    scale: float = 1.0,
    partner: Partner | None = None,
    missing: Mask | None = None,
) -> Iterator[Image]:
    """Yield what `apply` gives for each plan, in memory that the next one overwrites.

    For whoever is done with a picture before asking for the next.
    """
    with closing(Source(image)) as source:
        new = _Reused()
        for plan in plans:
            yield _Work(plan, source, scale, partner, new, missing).run()


def result_size(plan: Plan, width: int, height: int, *, scale: float = 1.0) -> tuple[int, int]:
    """Return the width and height of what `apply` gives for an image of this size."""
    placement = Placement((width, height), scale)
    for step in plan.steps:
        if get(step.op).kind is Kind.MATRIX:
            placement.add(step)
    return placement.size


class _Reused:
    """Gives two arrays in turn: a step reads the one that the step before has written."""

    def __init__(self) -> None:
        self._names = ("result 0", "result 1")

    def __call__(self, shape: tuple[int, ...], dtype: Any) -> Any:
        self._names = self._names[::-1]
        return scratch(self._names[0], shape, dtype)


class _Work:
    """One plan on its way through one image."""

    def __init__(
        self,
        plan: Plan,
        source: Source,
        scale: float,
        partner: Partner | None,
        new: Callable[[tuple[int, ...], Any], Any],
        missing: Mask | None,
    ) -> None:
        self._plan = plan
        self._source = source
        self._image = source.image
        self._scale = scale
        self._partner = partner
        self._new = new
        # Moving a mask along takes as long as a picture: only where somebody asks for it.
        self._missing = missing if plan.fills else None

    def run(self) -> Image:
        return self._apply(self._plan.steps)

    def _apply(self, steps: Sequence[PlannedStep]) -> Image:
        for family, run in groupby(steps, key=_family):
            if family == "place":
                self._image = self._place(run)
            elif family == "table":
                self._image = apply_tables(self._image, run, self._writable())
            elif family == "colour":
                self._image = apply_colours(self._image, run, self._writable())
            elif family == "blend":
                for step in run:
                    self._image = self._blend(step)
            elif family == "fill":
                for step in run:
                    self._image = self._fill(step)
            else:
                self._image = self._change(run)
        return self._image

    def _writable(self) -> Any:
        """Return where a result of the image's shape may be written: over it, if it is ours."""
        if self._image is self._source.image:
            return self._new(self._image.shape, self._image.dtype)
        return self._image

    def _place(self, steps: Iterable[PlannedStep]) -> Image:
        if self._image is self._source.image:
            return self._place_source(steps, self._source)
        with closing(Source(self._image)) as source:
            return self._place_source(steps, source)

    def _place_source(self, steps: Iterable[PlannedStep], source: Source) -> Image:
        placement = Placement(source.size, self._scale)
        for step in steps:
            placement.add(step)
        width, height = placement.size
        border, fill = self._plan.border, self._plan.fill
        if self._missing is not None:
            mask: Any = np.empty((height, width), np.uint8)
            with closing(Source(self._missing)) as missing:
                self._missing = moved(placement.apply(missing, border, 0, mask))
        result = self._new((height, width, *self._image.shape[2:]), self._image.dtype)
        return placement.apply(source, border, fill, result)

    def _change(self, steps: Iterable[PlannedStep]) -> Image:
        image: Any = self._image
        has_alpha = image.ndim == 3 and image.shape[2] == 4
        pixels: Any
        result = self._writable()
        if has_alpha:
            pixels = cv2.cvtColor(image, cv2.COLOR_BGRA2BGR)
        else:
            pixels = result
            if pixels is not image:
                np.copyto(pixels, image)
        height, width = image.shape[:2]
        for step in steps:
            frame = Frame(width, height, self._scale, step.seed)
            operation = get(step.op)
            if operation.kind is Kind.MIX:
                others = [self._other(key, pixels) for key in step.partners]
                pixels = operation.function(pixels, others, frame, **step.values)
            elif operation.kind is Kind.LOSS:
                lost = operation.function(pixels, frame, **step.values)
                if self._plan.fills:
                    self._missing = join((self._missing, lost))
            else:
                pixels = operation.function(pixels, frame, **step.values)
        return with_alpha(pixels, image, result) if has_alpha else pixels

    def _other(self, key: str, like: Image) -> Image:
        if self._partner is None or key == self._plan.image:
            return cover(self._source.image, like)
        return cover(self._partner(key), like)

    def _fill(self, step: PlannedStep) -> Image:
        missing, self._missing = self._missing, None
        if missing is None or not is_fillable(missing):
            return self._image
        image = self._image
        result = self._writable()
        if result is not image:
            np.copyto(result, image)
        has_alpha = image.ndim == 3 and image.shape[2] == 4
        colours: Any = cv2.cvtColor(image, cv2.COLOR_BGRA2BGR) if has_alpha else result
        operation = get(step.op)
        means = [self._other(key, colours) for key in step.partners]
        frame = Frame(image.shape[1], image.shape[0], self._scale, step.seed)
        filled = operation.function(colours, missing, *means, frame, **step.values)
        lay_in(result, filled, missing)
        return cast(Image, result)

    def _blend(self, step: PlannedStep) -> Image:
        image = self._image
        total = np.zeros(image.shape, np.float32)
        missing: list[Mask | None] = []
        with closing(Source(image)) as source:
            for branch in step.branches:
                work = _Work(
                    self._plan, source, self._scale, self._partner, np.empty, self._missing
                )
                part = work._apply(branch.steps).astype(np.float32)
                cv2.scaleAdd(part, branch.weight, total, dst=total)
                missing.append(work._missing)
        self._missing = join(missing)
        return np.rint(total).astype(image.dtype)


def _family(step: PlannedStep) -> str:
    if step.branches:
        return "blend"
    return _FAMILY.get(get(step.op).kind, "pixels")
