"""Long runs in fewer reports, so that a window can show the whole of one at once."""

from collections.abc import Sequence
from statistics import fmean

from msgspec.structs import replace

from studio.gan.reports import Report, Stats

MOST_STATS = 10_000
"""As many as a curve on any screen has room for, a few times over."""

_MEANS = (
    *("images_per_second", "loss_d", "loss_g", "score_real", "score_made"),
    *("accuracy", "penalty_real", "penalty_made"),
)


def condense(reports: list[Report], most: int = MOST_STATS) -> list[Report]:
    """Return reports with about `most` stats, each of them the means of some that were in a row.

    All other reports are kept, in their places.
    """
    count = sum(isinstance(report, Stats) for report in reports)
    if count <= most:
        return reports
    each = -(-count // most)
    condensed: list[Report] = []
    group: list[Stats] = []
    for report in reports:
        if isinstance(report, Stats):
            group.append(report)
            if len(group) < each:
                continue
        if group:
            condensed.append(_merge(group))
            group = []
        if not isinstance(report, Stats):
            condensed.append(report)
    return [*condensed, _merge(group)] if group else condensed


def _merge(group: Sequence[Stats]) -> Stats:
    means = {name: fmean(getattr(each, name) for each in group) for name in _MEANS}
    return replace(group[-1], **means)
