"""Where generated images go: a folder of their own, or the train split of an export. Read only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from studio.dataset.export_mark import GENERATED, holds_export, holds_generated
from studio.dataset.exports.generated import Generated, GeneratedLine, load_generated
from studio.dataset.exports.naming import output_names
from studio.dataset.exports.portable import fold_name, mend_name
from studio.dataset.exports.resume import find_unfinished
from studio.dataset.exports.target import check_apart, check_empty
from studio.dataset.library import ImageRef, Library, open_library
from studio.errors import UserError
from studio.gan.runs import summarise_run
from studio.gan.samples import known_classes


class Place(Struct, frozen=True):
    """A folder that takes generated images.

    `folders` has for each class its path below `out`, with `/` at its end, "" for `out` itself.
    `counts` says how many images each class has there, of an export those to train on, `is_export`
    whether it is one. `next_seed` is beyond all seeds that are in it.
    """

    out: Path
    folders: dict[str, str]
    counts: dict[str, int]
    next_seed: int
    is_export: bool
    generated: Generated | None


def run_classes(run: Path) -> tuple[str, ...]:
    """Return the classes that a run's generator can be asked for; UserError where it is no run."""
    about = summarise_run(run)
    if about.config is None:
        raise UserError(about.problem or f"{run}: is no run")
    return known_classes(about.config, about.classes)


def find_place(run: Path, out: Path, classes: Sequence[str]) -> Place:
    """Return where images of these classes go below `out`. Nothing is written.

    `out` is new or empty, or holds generated images, or a finished export of this program: there
    they go beside the files of the train split. UserError for any other folder, one inside the run
    or its data set, and an export that has none of a class to train on.
    """
    _check_apart(run, out)
    if holds_export(out):
        return _beside(out, classes)
    if holds_generated(out):
        generated = load_generated(out)
    elif (out / GENERATED).exists():
        load_generated(out)
        raise UserError(f"{out}: is not empty", "Choose a new or empty folder.")
    else:
        check_empty(out)
        generated = None
    folders = _own_folders(classes)
    lines = _lines(generated)
    counts = Counter(line.class_name for line in lines if (out / line.output).is_file())
    return Place(out, folders, dict(counts), _next_seed(lines), False, generated)


def count_images(place: Place, run: Path) -> Mapping[str, int]:
    """Return how many images to train on each class has: in the export, or in the run's data set
    together with those that were generated before. UserError where the data set is gone."""
    if place.is_export:
        return place.counts
    source = Path(summarise_run(run).source)
    if not source.exists():
        raise UserError(f"{source}: the run's data set is gone", "Give a count in place of fill.")
    images = _to_train_on(open_library(source))
    has_classes = place.folders.keys() != {""}
    counts = Counter(image.class_name if has_classes else "" for image in images)
    return counts + Counter(place.counts)


def _check_apart(run: Path, out: Path) -> None:
    source = Path(summarise_run(run).source)
    if source.is_dir():
        check_apart(source, out)
    try:
        inside = out.resolve().is_relative_to(run.resolve())
    except OSError:
        inside = False
    if inside:
        raise UserError(f"{out}: is inside the run's folder", "Choose a folder elsewhere.")


def _own_folders(classes: Sequence[str]) -> dict[str, str]:
    refs = [ImageRef(f"{name}/0.png" if name else "0.png", "", name) for name in classes]
    names = output_names(refs)
    return {ref.class_name: names[ref.key].original.removesuffix("0.png") for ref in refs}


def _beside(out: Path, classes: Sequence[str]) -> Place:
    unfinished = find_unfinished(out)
    if unfinished is not None:
        raise UserError(f"{out}: its export is not finished", "Go on with it first: --resume.")
    images = _to_train_on(open_library(out))
    if not images:
        raise UserError(f"{out}: has no train split", "Choose a folder of its own.")
    homes = {fold_name(image.class_name): image for image in images}
    counts = Counter(fold_name(image.class_name) for image in images)
    folders: dict[str, str] = {}
    for name in classes:
        home = homes.get(fold_name(mend_name(name) if name else ""))
        if home is None:
            raise UserError(_describe_missing(out, name, images), "Choose a folder of its own.")
        depth = bool(home.split) + bool(home.class_name)
        folders[name] = "".join(f"{part}/" for part in home.key.split("/")[:depth])
    generated = load_generated(out)
    return Place(
        out,
        folders,
        {name: counts[fold_name(mend_name(name) if name else "")] for name in classes},
        _next_seed(_lines(generated)),
        True,
        generated,
    )


def _describe_missing(out: Path, name: str, images: Iterable[ImageRef]) -> str:
    if not name:
        return f"{out}: has classes, and this run's generator knows none"
    splits = any(image.split for image in images)
    return f"class: {out} has no {name!r}{' in its train split' if splits else ''}"


def _to_train_on(library: Library) -> tuple[ImageRef, ...]:
    has_splits = any(image.split for image in library.images)
    return library.select(splits={"train"} if has_splits else None)


def _lines(generated: Generated | None) -> list[GeneratedLine]:
    return [line for _, line in generated.files() if line is not None] if generated else []


def _next_seed(lines: Iterable[GeneratedLine]) -> int:
    return max((max(line.seed, line.toward or 0) + 1 for line in lines), default=0)
