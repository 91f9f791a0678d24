"""The figures of a scoring as a table for other programs."""

import csv
import io
from collections.abc import Iterator, Mapping

from studio.dataset.scoring.record import FillScore, Scores

_TITLES = ("image", "method", "rmse", "psnr_db", "ssim", "milliseconds", "hidden_percent")


def encode_table(scores: Scores) -> bytes:
    """Return a CSV table of UTF-8: a row for each method and image, then those of the means.

    Rows of means have no image. The method "best per image" is last.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_TITLES)
    for row in scores.rows:
        writer.writerows(_rows(row.key, row.fills, f"{row.share:.4f}"))
    hidden = sum(row.share for row in scores.rows) / len(scores.rows)
    means = {**scores.means, "best per image": scores.best_per_image}
    writer.writerows(_rows("", means, f"{hidden:.4f}"))
    return text.getvalue().encode()


def _rows(key: str, fills: Mapping[str, FillScore], hidden: str) -> Iterator[tuple[str, ...]]:
    for name, score in fills.items():
        figures = (score.rmse, score.psnr, score.ssim, score.seconds * 1000)
        yield (key, name, *(f"{figure:.4f}" for figure in figures), hidden)
