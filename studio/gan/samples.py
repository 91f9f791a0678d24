"""What is generated: which images, how each is told, and how far the work is. No TensorFlow."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count as count_from
from pathlib import Path
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.augment.recipe import SEED
from studio.errors import UserError
from studio.gan.config import PRESETS, TrainConfig

MOST_TRUNCATION = 4.0
MOST_COUNT = 1_000_000
FORMATS = ("png", "jpg", "webp")

Which = Literal["best", "last"]
"""The checkpoint to make images with: the best one by KID, or the newest."""


class Sample(Struct, frozen=True):
    """An image wholly told, for one checkpoint: made again it has the same pixels.

    Its latent is that of `seed`, drawn within ±`truncation` (None: the whole normal distribution),
    and where `toward` is a seed, spherically interpolated by `share` to the latent of that one.
    `label` is the number of its class.
    """

    seed: int
    label: int
    truncation: float | None = None
    toward: int | None = None
    share: float = 0.0


class Twin(Struct, frozen=True):
    """The training image that a made one is nearest to.

    `distance` is in shares of what still counts as a copy, so `is_copy` below 1. `picture` is a
    thumbnail, uint8 (t, t, 3) in BGR or grey (t, t).
    """

    key: str
    distance: float
    is_copy: bool
    picture: NDArray[np.uint8]


class Made(Struct, frozen=True):
    """A made image, uint8 (S, S, 3) in BGR or grey (S, S); `class_name` "" without classes.

    `twin` is None where the run keeps no thumbnails of its training images.
    """

    sample: Sample
    class_name: str
    image: NDArray[np.uint8]
    twin: Twin | None

    @property
    def is_copy(self) -> bool:
        return self.twin is not None and self.twin.is_copy


class WriteReport(Struct, frozen=True):
    """How far writing is: `done` of `total` files, `kept` of which were there already.

    `left_out` counts near copies of training images that were not written. The last report alone
    holds the first of them in `near_copies`. `total` shrinks at the end where too many were.
    `notes` are what a person should know of the checkpoint.
    """

    done: int
    total: int
    left_out: int
    latest: Path | None
    bytes: int
    seconds: float
    kept: int = 0
    near_copies: tuple[Made, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def files_per_second(self) -> float:
        return (self.done - self.kept) / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return an estimate, None while there is nothing to estimate from."""
        rate = self.files_per_second
        return (self.total - self.done) / rate if rate else None


class GenerateOptions(Struct, frozen=True):
    """What to generate: `count` images in all, or as many as fill every class up to `fill_to`.

    `classes` None stands for all. Seeds are counted up from `seed`.
    """

    count: int | None = None
    classes: tuple[str, ...] | None = None
    fill_to: int | None = None
    truncation: float | None = None
    which: Which = "best"
    seed: int = 0
    keep_near_copies: bool = False


def known_classes(config: TrainConfig, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the classes that a run's generator can be asked for, `("",)` without any.

    `classes` are those of the data set. What is trained without labels makes images of any class.
    """
    is_conditional = config.preset in PRESETS and PRESETS[config.preset].is_conditional
    return classes if len(classes) == 1 or (classes and is_conditional) else ("",)


def plan_samples(
    classes: Sequence[str], options: GenerateOptions, counts: Mapping[str, int] | None = None
) -> tuple[Sample, ...]:
    """Return what to make with a generator of these classes, the classes in turn.

    No two samples share a seed. `counts` says how many images each class has, for `fill_to`; a
    class that is not in it has none. UserError names the option that is not sound, or the class
    that there is not.
    """
    check_options(options)
    labels = find_labels(classes, options.classes)
    if options.fill_to is not None:
        have = counts or {}
        wanted = {label: max(0, options.fill_to - have.get(classes[label], 0)) for label in labels}
    else:
        each, rest = divmod(options.count or 0, len(labels))
        wanted = {label: each + (place < rest) for place, label in enumerate(labels)}
    if sum(wanted.values()) > MOST_COUNT:
        raise UserError(f"count: {sum(wanted.values()):,} images are more than {MOST_COUNT:,}")
    seeds = count_from(options.seed)
    return tuple(Sample(next(seeds), label, options.truncation) for label in _in_turn(wanted))


def _in_turn(wanted: Mapping[int, int]) -> Iterator[int]:
    for turn in range(max(wanted.values(), default=0)):
        yield from (label for label, number in wanted.items() if turn < number)


def find_labels(classes: Sequence[str], names: Sequence[str] | None) -> tuple[int, ...]:
    """Return the labels of classes by name, all for None; UserError names the unknown one."""
    if names is None:
        return tuple(range(len(classes)))
    if not names:
        raise UserError("class: none is chosen", "Choose at least one.")
    known = {name: label for label, name in enumerate(classes)}
    for name in names:
        if name not in known:
            has = ", ".join(filter(None, classes))
            hint = f"There are: {has}." if has else "Leave the class out."
            raise UserError(f"class: this run knows no {name!r}", hint)
    return tuple(dict.fromkeys(known[name] for name in names))


def check_options(options: GenerateOptions) -> None:
    """Raise UserError naming the option that is not sound."""
    if (options.count is None) == (options.fill_to is None):
        raise UserError("count: give either count or fill", "One of them says how many to make.")
    for name, value in (("count", options.count), ("fill", options.fill_to)):
        if value is not None and not 1 <= value <= MOST_COUNT:
            raise UserError(f"{name}: must be within 1..{MOST_COUNT:,}")
    check_truncation(options.truncation)
    if options.which not in ("best", "last"):
        raise UserError("which: must be best or last")
    try:
        SEED.parse(options.seed)
    except ValueError as error:
        raise UserError(f"seed: {error}") from None


def check_truncation(truncation: float | None) -> None:
    """Raise UserError unless it is None or within what makes sense."""
    if truncation is not None and not 0 < truncation <= MOST_TRUNCATION:
        raise UserError(
            f"truncation: must be more than 0 and at most {MOST_TRUNCATION:g}",
            "0.5 gives images that are much alike, 2 nearly all there are.",
        )
