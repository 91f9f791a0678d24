"""What a scoring tells: while it runs, and at its end."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from studio.augment.missing.rules import MissingRule
from studio.dataset.library import Problem
from studio.dataset.scoring.hiding import Pattern


class FillScore(Struct, frozen=True):
    """Quality as in `measures.Quality`, and the seconds that the fill took."""

    rmse: float
    psnr: float
    ssim: float
    seconds: float


class ImageScores(Struct, frozen=True):
    """How the methods, by name, did on one image.

    `share` is how much of it was hidden, in percent. `like` is the key of the image whose missing
    pixels gave the pattern, its own or another's; "" where a pattern was drawn.
    """

    key: str
    share: float
    like: str
    fills: Mapping[str, FillScore]

    @property
    def best(self) -> str:
        """The method with the highest PSNR, the first of equals."""
        return find_best(self.fills)


class ScoreReport(Struct, frozen=True):
    """How many images are done, of how many; `row` is the one that was finished just now."""

    done: int
    total: int
    row: ImageScores | None = None


class Scores(Struct, frozen=True):
    """How the methods, by name, did on a data set, and what to repeat any of it with.

    `means` are over all images of `rows`; `best` has the highest PSNR of them. `best_per_image` is
    the mean where each image has the method that is best on it, which is known only afterwards: no
    method that has to choose without the truth reaches more. `problems` are the images that could
    not be scored by every method; they count nowhere.
    """

    pattern: Pattern
    seed: int
    rules: tuple[MissingRule, ...]
    means: Mapping[str, FillScore]
    best: str
    best_per_image: FillScore
    rows: tuple[ImageScores, ...]
    problems: tuple[Problem, ...]

    def row(self, key: str) -> ImageScores:
        """Return an image's scores; KeyError if it has none."""
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)


def sum_up(
    pattern: Pattern,
    seed: int,
    rules: tuple[MissingRule, ...],
    rows: Sequence[ImageScores],
    problems: Sequence[Problem] = (),
) -> Scores:
    """Return what the scores of at least one image come to."""
    means = {name: mean_score([row.fills[name] for row in rows]) for name in rows[0].fills}
    return Scores(
        pattern=pattern,
        seed=seed,
        rules=rules,
        means=means,
        best=find_best(means),
        best_per_image=mean_score([row.fills[row.best] for row in rows]),
        rows=tuple(rows),
        problems=tuple(problems),
    )


def find_best(fills: Mapping[str, FillScore]) -> str:
    """Return the name of the highest PSNR, the first of equals."""
    return max(fills, key=lambda name: fills[name].psnr)


def mean_score(scores: Sequence[FillScore]) -> FillScore:
    """Return the mean of each figure."""
    count = len(scores)
    return FillScore(
        sum(score.rmse for score in scores) / count,
        sum(score.psnr for score in scores) / count,
        sum(score.ssim for score in scores) / count,
        sum(score.seconds for score in scores) / count,
    )
