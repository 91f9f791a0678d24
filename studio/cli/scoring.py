"""The command that tells how good each way of filling missing pixels is on a data set."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from studio.augment.missing.rules import MissingRule
from studio.augment.recipe_file import load_recipe
from studio.cli.display import counting
from studio.cli.faults import one_line
from studio.cli.follow import follow
from studio.cli.progress import find_images, print_skipped
from studio.dataset.atomic_file import write_atomic
from studio.dataset.scoring.borrowing import borrow_from_classes
from studio.dataset.scoring.hiding import PATTERNS, Pattern
from studio.dataset.scoring.record import FillScore, Scores
from studio.dataset.scoring.score import score_fills
from studio.errors import UserError

BEST_PER_IMAGE = "best per image"
_WIDTH_IN_FILES = 120


def fill_score_command(
    source: Annotated[
        Path, typer.Argument(metavar="SRC", help="The data set: a folder or an archive.")
    ],
    recipe_file: Annotated[
        Path | None,
        typer.Option(
            "--recipe", metavar="FILE", help="Its rules tell what is missing. Default: nothing is."
        ),
    ] = None,
    pattern: Annotated[
        str,
        typer.Option(
            "--pattern",
            metavar="|".join(PATTERNS),
            help="How known pixels are hidden; as the missing ones, or blocks if none are.",
        ),
    ] = "missing",
    share: Annotated[
        float,
        typer.Option("--share", metavar="%", help="Of the picture, in hidden pixels or blocks."),
    ] = 10.0,
    rows: Annotated[int, typer.Option("--rows", metavar="N", help="How many hidden rows.")] = 3,
    images: Annotated[
        int,
        typer.Option("--images", metavar="N", min=0, help="So many, evenly spread; 0 for all."),
    ] = 50,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Hides other places.")] = 0,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Also write all figures, of each image."),
    ] = None,
) -> None:
    """Hide known pixels of the images in SRC, fill them by every method, and tell which is best."""
    hidden = Pattern(pattern, share, rows)
    rules = load_recipe(recipe_file).missing if recipe_file else ()
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise UserError(f"{json_file}: cannot be written: there is no such folder")
    library = find_images(source)
    work = score_fills(
        library,
        rules,
        pattern=hidden,
        images=images or None,
        seed=seed,
        partner=borrow_from_classes(library, rules),
    )
    with counting() as show:
        scores = follow(work, show)
    if json_file is not None:
        _write_json(json_file, scores)
    print_scores(scores)
    print_skipped((*library.problems, *scores.problems))
    _print_end(scores, rules)


def print_scores(scores: Scores) -> None:
    """Print the methods' means over the data set, the best first."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_IN_FILES
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("method", no_wrap=True)
    for heading in ("PSNR", "RMSE", "SSIM", "time"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, score in sorted(scores.means.items(), key=lambda item: -item[1].psnr):
        style = "bold" if name == scores.best else None
        table.add_row(name, *describe_score(score), style=style)
    table.add_row(BEST_PER_IMAGE, *describe_score(scores.best_per_image), style="dim")
    console.print(table)


def describe_score(score: FillScore) -> tuple[str, str, str, str]:
    """Return PSNR, RMSE in levels of 255, SSIM and time as a table shows them."""
    return (
        f"{score.psnr:.2f} dB",
        f"{score.rmse:.2f}",
        f"{score.ssim:.4f}",
        f"{score.seconds * 1e3:,.1f} ms",
    )


def _print_end(scores: Scores, rules: tuple[MissingRule, ...]) -> None:
    if scores.pattern.kind == "missing" and not any(row.like for row in scores.rows):
        why = "the rules find no missing pixel" if rules else "no rule tells what is missing"
        print(f"{why}: blocks of {scores.pattern.share:g} % were hidden")
    count = len(scores.rows)
    over = "1 image" if count == 1 else f"{count:,} images"
    print(one_line(f"best over {over}: {scores.best}"))


def _write_json(file: Path, scores: Scores) -> None:
    data = msgspec.json.format(msgspec.json.encode(scores), indent=2)
    try:
        write_atomic(file, data + b"\n")
    except OSError as error:
        raise UserError(f"{file}: cannot be written: {(error.strerror or '').lower()}") from error
