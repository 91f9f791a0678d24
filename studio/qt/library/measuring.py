"""Measures what share of each image is missing, but for images that are known already."""

from collections.abc import Generator, Hashable, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from studio.augment.missing.rules import MissingRule
from studio.dataset.library import Library
from studio.dataset.missing.finding import find_stamp, reads_mask_file
from studio.dataset.reading.image_file import ImageError
from studio.dataset.scoring.shares import measure_shares
from studio.dataset.store import Store

_STRETCH = 500


class Measured(NamedTuple):
    """The share, 0 to 1, of an image that is missing, or the reason why nobody can tell.

    `stamp` is that of the image's file before it was read, `version` the same with its mask file's
    where that was read too.
    """

    share: float
    reason: str
    stamp: Hashable
    version: Hashable


class MeasureReport(NamedTuple):
    """How many images are known by now, and those that came since the report before."""

    done: int
    total: int
    found: Mapping[str, Measured]


def measure_again(
    library: Library, rules: Sequence[MissingRule], known: Mapping[str, Measured]
) -> Generator[MeasureReport, None, None]:
    """Measure the images of which `known` does not hold what their files are now."""
    total = len(library.images)
    stamps: dict[str, tuple[Hashable, Hashable]] = {}
    wanted: list[str] = []
    same: dict[str, Measured] = {}
    for number, image in enumerate(library.images):
        stamps[image.key] = stamp = _find_stamps(library.store, image.key, rules)
        found = known.get(image.key)
        if found is not None and (found.stamp, found.version) == stamp:
            same[image.key] = found
        else:
            wanted.append(image.key)
        if number % _STRETCH == 0:
            yield MeasureReport(0, total, {})
    yield MeasureReport(len(same), total, same)
    with closing(measure_shares(library, rules, keys=wanted)) as reports:
        for report in reports:
            new = {key: Measured(share, "", *stamps[key]) for key, share in report.shares.items()}
            for key, reason in report.reasons.items():
                new[key] = Measured(0.0, reason, *stamps[key])
            yield MeasureReport(len(same) + report.done, total, new)


def _find_stamps(store: Store, key: str, rules: Sequence[MissingRule]) -> tuple[Hashable, Hashable]:
    try:
        stamp = store.stamp(key)
        return stamp, find_stamp(store, key, rules) if reads_mask_file(rules) else stamp
    except ImageError:
        return None, None
