"""A training as a generator of reports. Closing it stops it, with everything saved."""

from collections.abc import Generator
from pathlib import Path

from msgspec.structs import replace

from studio import __version__
from studio.dataset.export_mark import PROGRAM
from studio.dataset.library import Library
from studio.errors import UserError
from studio.gan.config import TrainConfig, check_config
from studio.gan.reports import Report
from studio.gan.run_folder import RunAbout, RunFolder
from studio.gan.session import Session
from studio.gan.tf_faults import FAULTS, explain

_MAY_CHANGE = ("minutes", "kimg", "batch", "seed", "devices")


def train(
    config: TrainConfig,
    library: Library,
    run: Path,
    *,
    resume: bool = False,
    beside_window: bool = False,
) -> Generator[Report, None, None]:
    """Train on a library's images into a new or empty folder, or go on with a run.

    Every report but what is only being prepared is kept in the run as well. A run may be gone on
    with for longer, in batches of another size and with another seed. Beside a window one core is
    left to it. UserError: a bad option, too few or unreadable images, a folder that takes no files
    or that another training writes to, too little memory, a graphics card that is gone. Once it has
    begun what was trained until then can be resumed; before, a new folder is left as it was.
    """
    preset = check_config(config)
    folder = RunFolder(run)
    about = RunAbout(PROGRAM, __version__, str(library.root), config)
    if resume:
        before = folder.about()
        _check_same(before.config, config)
        about = replace(about, classes=before.classes, wide=before.wide)
    try:
        with folder.claimed(is_new=not resume):
            folder.describe(about)
            session = Session(preset, config, library, folder)
            try:
                yield from session.run(resume=resume, beside_window=beside_window)
            finally:
                session.close()
                folder.close()
                if not (resume or session.has_begun):
                    folder.discard()
    except OSError as error:
        raise folder.fault(error) from error
    except FAULTS as error:
        explained = explain(error, config.batch)
        if explained is None:
            raise
        told = folder.fault(explained) if isinstance(explained, OSError) else explained
        raise told from error


def _check_same(before: TrainConfig, now: TrainConfig) -> None:
    """Raise UserError where a run cannot go on with another configuration."""
    for name in TrainConfig.__struct_fields__:
        old, new = getattr(before, name), getattr(now, name)
        if old != new and name not in _MAY_CHANGE:
            raise UserError(
                f"{name}: this run was begun with {old}, not {new}", "Leave it, or start a new run."
            )
