"""The command that has a trained generator make images, for a data set."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.filesize import decimal

from studio.cli.display import counting
from studio.cli.faults import Cancelled, one_line
from studio.cli.follow import follow
from studio.errors import UserError
from studio.gan.jobs import write_job
from studio.gan.place import count_images, find_place, run_classes
from studio.gan.samples import (
    FORMATS,
    GenerateOptions,
    WriteReport,
    check_options,
    find_labels,
    plan_samples,
)
from studio.gan.start import start_tensorflow

_MOST_TWINS = 5


def generate_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a trained run.")],
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="New or empty folder, or an export."),
    ],
    count: Annotated[
        int | None,
        typer.Option("--count", metavar="N", help="Images in all, of classes in turn."),
    ] = None,
    fill: Annotated[
        int | None,
        typer.Option("--fill", metavar="N", help="Every class up to N images to train on."),
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="NAME", help="Only this class; may be repeated."),
    ] = None,
    truncation: Annotated[
        float | None,
        typer.Option("--truncation", metavar="T", help="To 4; small: alike, but fewer bad ones."),
    ] = None,
    best: Annotated[
        bool, typer.Option("--best/--last", help="The best checkpoint by KID, or the last one.")
    ] = True,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="S", help="Of the first image. Default: one not yet used."),
    ] = None,
    format: Annotated[str, typer.Option("--format", metavar="|".join(FORMATS))] = FORMATS[0],
    keep_near_copies: Annotated[
        bool,
        typer.Option("--keep-near-copies", help="Also what is nearly a copy of a training image."),
    ] = False,
) -> None:
    """Make images with the generator of RUN; class folders and a line for each image go to OUT."""
    options = GenerateOptions(
        count=count,
        classes=tuple(classes) if classes else None,
        fill_to=fill,
        truncation=truncation,
        which="best" if best else "last",
        seed=seed or 0,
        keep_near_copies=keep_near_copies,
    )
    check_options(options)
    if format not in FORMATS:
        raise UserError(f"format: must be one of {', '.join(FORMATS)}")
    known = run_classes(run)
    place = find_place(run, out, [known[label] for label in find_labels(known, options.classes)])
    if seed is None:
        options = replace(options, seed=place.next_seed)
    have = count_images(place, run) if fill is not None else None
    samples = plan_samples(known, options, have)
    if not samples:
        print(one_line(f"nothing to do: every class has {fill:,} images or more"))
        return
    start_tensorflow()
    work = write_job(
        run,
        options.which,
        samples,
        out,
        format=format,
        keep_near_copies=keep_near_copies,
        draws_more=True,
    )
    last = WriteReport(0, len(samples), 0, None, 0, 0.0)

    def show(report: WriteReport) -> None:
        nonlocal last
        last = report
        tell(report)

    try:
        with counting() as tell:
            report = follow(work, show)
    except Cancelled:
        raise Cancelled(f"cancelled: {last.done:,} whole files were written to {out}") from None
    _print_end(report, len(samples), out)


def _print_end(report: WriteReport, wanted: int, out: Path) -> None:
    for note in report.notes:
        print(one_line(note))
    if report.left_out:
        print(f"left out as near copies of training images: {report.left_out:,}")
        for made in report.near_copies[:_MOST_TWINS]:
            if made.twin:
                print(one_line(f"seed {made.sample.seed} is like {made.twin.key}"))
    if report.done < wanted:
        print(f"only {report.done:,} of {wanted:,}: the others would have been near copies")
    print(one_line(f"{report.done:,} images ({decimal(report.bytes)}) in {out}"))
