"""Score every method of filling on known pixels of a data set."""

import time
from collections.abc import Generator, Sequence

import cv2

from studio.augment.engine import Partner
from studio.augment.image import Mask
from studio.augment.missing.rules import MissingRule
from studio.augment.plan import CLASS_MEAN
from studio.dataset.library import Library, Problem
from studio.dataset.reading.image_file import ImageError
from studio.dataset.scoring.donors import choose_donor, find_donors, find_pattern, spread
from studio.dataset.scoring.hiding import Pattern
from studio.dataset.scoring.measures import Yardstick
from studio.dataset.scoring.methods import Method, all_methods, fill
from studio.dataset.scoring.record import (
    FillScore,
    ImageScores,
    ScoreReport,
    Scores,
    sum_up,
)
from studio.dataset.scoring.trial import Trial, prepare_trial
from studio.errors import UserError


def score_fills(
    library: Library,
    rules: Sequence[MissingRule],
    *,
    pattern: Pattern | None = None,
    images: int | None = None,
    seed: int = 0,
    methods: Sequence[Method] | None = None,
    partner: Partner | None = None,
) -> Generator[ScoreReport, None, Scores]:
    """Hide known pixels of each image, fill them by every method, and compare.

    At most `images` images are taken, evenly spread; None takes all. The `rules` tell what is
    missing anyway: no fill sees it, and it is not compared. With the pattern "missing", which is
    the default, an image that misses nothing borrows the mask of one that does. `seed` draws where
    pixels are hidden. `methods` are all that there are; those that borrow the mean image of a
    class only with the `partner` that gives it. Nothing is written.

    Yields after every fill, and with an image's scores when it is done. `UserError` where no image
    could be scored.
    """
    if images is not None and images < 1:
        raise UserError("images: must be at least 1")
    run = _Scoring(library, rules, pattern or Pattern(), seed, methods, partner)
    return (yield from run.score(images))


class _Scoring:
    def __init__(
        self,
        library: Library,
        rules: Sequence[MissingRule],
        pattern: Pattern,
        seed: int,
        methods: Sequence[Method] | None,
        partner: Partner | None,
    ) -> None:
        self._store = library.store
        self._keys = [image.key for image in library.images]
        self._rules = tuple(rules)
        self._pattern = pattern
        self._seed = seed
        known = all_methods() if methods is None else methods
        self._methods = [each for each in known if partner is not None or not each.borrows]
        self._partner = partner

    def score(self, images: int | None) -> Generator[ScoreReport, None, Scores]:
        chosen = spread(self._keys, images)
        total = len(chosen)
        donors = yield from self._find_donors(chosen)
        rows: list[ImageScores] = []
        problems: list[Problem] = []
        for done, key in enumerate(chosen):
            row = None
            try:
                for row in self._score_image(key, choose_donor(donors, key, self._seed)):
                    if row is None:
                        yield ScoreReport(done, total)
            except ImageError as error:
                # The fault may be that of the mask file beside the image.
                own = error.path == self._store.place(key)
                problems.append(Problem(key, error.reason if own else error.message))
            except (UserError, cv2.error) as error:
                problems.append(Problem(key, f"cannot be scored: {error}"))
            except MemoryError:
                problems.append(Problem(key, "is too large for this machine's memory"))
            if row is not None:
                rows.append(row)
            yield ScoreReport(done + 1, total, row)
        return self._sum_up(rows, problems)

    def _find_donors(self, chosen: Sequence[str]) -> Generator[ScoreReport, None, Sequence[str]]:
        if self._pattern.kind != "missing":
            return ()
        search = find_donors(self._store, chosen, self._keys, self._rules)
        while True:
            try:
                next(search)
            except StopIteration as end:
                found: Sequence[str] = end.value
                return found
            yield ScoreReport(0, len(chosen))

    def _score_image(self, key: str, donor: str) -> Generator[ImageScores | None, None, None]:
        """Yield None after each fill, and the scores at the end."""
        like: Mask | None = None
        if donor and donor != key:
            like = find_pattern(self._store, donor, self._rules)
        trial = prepare_trial(self._store, key, self._rules, self._pattern, self._seed, like)
        holed, unknown = trial.holed, trial.unknown
        yardstick = Yardstick(trial.original, trial.hidden, trial.missing)
        partner = self._lend(key)
        fills: dict[str, FillScore] = {}
        for method in self._methods:
            start = time.perf_counter()
            filled = fill(holed, unknown, method, key, self._seed, partner)
            seconds = time.perf_counter() - start
            found = yardstick.measure(filled)
            fills[method.name] = FillScore(found.rmse, found.psnr, found.ssim, seconds)
            yield None
        yield ImageScores(key, trial.share, self._tell_source(trial, donor), fills)

    def _lend(self, key: str) -> Partner | None:
        """Return what gives the mean that was made beforehand: making it is not a fill's time."""
        if self._partner is None or not any(method.borrows for method in self._methods):
            return None
        lent = self._partner(f"{CLASS_MEAN}{key}")
        return lambda _: lent

    def _tell_source(self, trial: Trial, donor: str) -> str:
        if self._pattern.kind != "missing":
            return ""
        return trial.key if trial.missing is not None else donor

    def _sum_up(self, rows: Sequence[ImageScores], problems: Sequence[Problem]) -> Scores:
        if not rows:
            first = f"{problems[0].key}: {problems[0].reason}." if problems else ""
            raise UserError("no image could be scored", first)
        return sum_up(self._pattern, self._seed, self._rules, rows, problems)
