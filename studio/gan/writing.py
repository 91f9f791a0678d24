"""Writing generated images into class folders, with a line each."""

import os
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from studio import __version__
from studio.dataset.atomic_file import write_atomic
from studio.dataset.export_mark import GENERATED, PROGRAM
from studio.dataset.exports.generated import (
    GeneratedHeader,
    GeneratedLine,
    encode_generated,
    generator_versions,
)
from studio.dataset.exports.journal import opened_journal
from studio.dataset.exports.manifest import HASH
from studio.dataset.exports.outputs import Outputs
from studio.dataset.exports.target import taken
from studio.dataset.hashes import hash_bytes
from studio.dataset.reading.image_file import encode_image
from studio.errors import UserError
from studio.gan.checkpoint import note_use
from studio.gan.generate import BATCH, ImageMaker
from studio.gan.place import Place, find_place
from studio.gan.run_folder import GENERATOR
from studio.gan.samples import FORMATS, Made, Sample, WriteReport

QUALITY = 95
_MOST_NEAR_COPIES = 24
_MOST_DRAWS = 3


def write_samples(
    maker: ImageMaker,
    samples: Sequence[Sample],
    out: Path,
    *,
    format: str = "png",
    keep_near_copies: bool = False,
    draws_more: bool = False,
) -> Generator[WriteReport, None, WriteReport]:
    """Write the images of samples below `out`, see `find_place`; yield and return reports.

    Near copies of training images are left out unless they are to be kept. With `draws_more`
    others of the class take their place, with the seeds after the highest, up to three times as
    many as asked for. No file that is there is written over; an image that is there already, from
    the same checkpoint, counts as kept. Stopping leaves whole files, each with its line.
    UserError: what `find_place` says, a format there is not, a run without thumbnails of its
    training images, a folder that takes no more.
    """
    if format not in FORMATS:
        raise UserError(f"format: must be one of {', '.join(FORMATS)}")
    if not keep_near_copies and maker.near_copies() is None:
        raise UserError(
            f"{maker.origin.run}: keeps no thumbnails of its training images, so near copies"
            " cannot be told",
            "Resume the training, which writes them, or keep near copies.",
        )
    find_place(maker.origin.run, out, _names(maker, samples))
    try:
        with taken(out):
            # Whoever had the lock until now may have added to it.
            place = find_place(maker.origin.run, out, _names(maker, samples))
            writer = _Writer(maker, place, format, keep_near_copies, draws_more)
            return (yield from writer.run(samples))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"{out}: cannot be written: {reason}"
        raise UserError(message, "What is there is whole. Make room, then go on.") from error


def _names(maker: ImageMaker, samples: Sequence[Sample]) -> list[str]:
    classes = maker.origin.classes
    labels = sorted({sample.label for sample in samples})
    return [classes[label] for label in labels if 0 <= label < len(classes)]


class _Writer:
    def __init__(
        self, maker: ImageMaker, place: Place, format: str, keeps: bool, draws_more: bool
    ) -> None:
        self._maker = maker
        self._place = place
        self._format = format
        self._keeps = keeps
        self._draws_more = draws_more
        self._outputs = Outputs(place.out)
        self._list = _List(place)
        self._header = _make_header(maker)
        self._there = dict(self._list_there())
        self._has_header = False
        self._done = self._kept = self._left_out = self._bytes = 0
        self._latest: Path | None = None
        self._near: list[Made] = []
        self._start = time.perf_counter()

    def run(self, samples: Sequence[Sample]) -> Generator[WriteReport, None, WriteReport]:
        total, drawn = len(samples), len(samples)
        waiting = deque(samples)
        seeds = max((max(s.seed, s.toward or 0) for s in samples), default=-1)
        while waiting:
            batch = [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]
            refused = self._write([sample for sample in batch if not self._is_there(sample)])
            self._left_out += len(refused)
            for sample in refused if self._draws_more else ():
                if drawn < _MOST_DRAWS * total:
                    drawn, seeds = drawn + 1, seeds + 1
                    waiting.append(Sample(seeds, sample.label, sample.truncation))
            yield self._report(total)
        return self._report(self._done, near_copies=tuple(self._near))

    def _is_there(self, sample: Sample) -> bool:
        line = self._there.get(sample)
        if line is None or not line.output.endswith(f".{self._format}"):
            return False
        if self._outputs.find_fault(line):
            return False
        self._done += 1
        self._kept += 1
        self._bytes += line.size
        return True

    def _write(self, samples: Sequence[Sample]) -> list[Sample]:
        """Write what is no near copy, then the lines; return what was left out."""
        refused: list[Sample] = []
        lines: list[bytes] = []
        try:
            for made in self._maker.make(samples):
                if made.is_copy and not self._keeps:
                    refused.append(made.sample)
                    if len(self._near) < _MOST_NEAR_COPIES:
                        self._near.append(made)
                    continue
                lines.append(encode_generated(self._write_one(made)))
        finally:
            if lines:
                if not self._has_header:
                    self._note_use()
                    lines.insert(0, encode_generated(self._header))
                    self._has_header = True
                self._list.add(b"".join(lines))
        return refused

    def _note_use(self) -> None:
        origin = self._maker.origin
        # A run that takes no files cannot be gone on with, and loses no checkpoint.
        if origin.name != GENERATOR:
            with suppress(OSError):
                note_use(origin.run / origin.name)

    def _write_one(self, made: Made) -> GeneratedLine:
        data = encode_image(made.image, self._format, QUALITY)
        output = self._free_name(made)
        path = Path(self._outputs.path(output))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
        self._done += 1
        self._bytes += len(data)
        self._latest = path
        sample, twin = made.sample, made.twin
        return GeneratedLine(
            output=output,
            seed=sample.seed,
            label=sample.label,
            class_name=made.class_name,
            truncation=sample.truncation,
            toward=sample.toward,
            share=sample.share,
            size=len(data),
            hash=hash_bytes(data),
            twin=twin.key.encode(errors="backslashreplace").decode() if twin else "",
            twin_distance=twin.distance if twin else None,
        )

    def _free_name(self, made: Made) -> str:
        folder = self._place.folders[made.class_name]
        if not self._outputs.is_plain(folder.rstrip("/")):
            raise UserError(f"{self._place.out / folder}: is a link", "Choose another folder.")
        stem = folder + _stem(made.sample)
        output, number = f"{stem}.{self._format}", 2
        while os.path.lexists(self._outputs.path(output)):
            output, number = f"{stem}-{number}.{self._format}", number + 1
        return output

    def _list_there(self) -> Iterator[tuple[Sample, GeneratedLine]]:
        for header, line in self._place.generated.files() if self._place.generated else ():
            if line and header and header.checkpoint_hash == self._header.checkpoint_hash:
                yield to_sample(line), line

    def _report(self, total: int, near_copies: tuple[Made, ...] = ()) -> WriteReport:
        return WriteReport(
            done=self._done,
            total=total,
            left_out=self._left_out,
            latest=self._latest,
            bytes=self._bytes,
            seconds=time.perf_counter() - self._start,
            kept=self._kept,
            near_copies=near_copies,
            notes=self._maker.origin.notes,
        )


def to_sample(line: GeneratedLine) -> Sample:
    """Return what an image of the list was made of."""
    return Sample(line.seed, line.label, line.truncation, line.toward, line.share)


def _stem(sample: Sample) -> str:
    between = "" if sample.toward is None else f"-to-{sample.toward:08d}-{sample.share:.4f}"
    return f"gan-{sample.seed:08d}{between.replace('.', '')}"


def _make_header(maker: ImageMaker) -> GeneratedHeader:
    origin = maker.origin
    return GeneratedHeader(
        program=PROGRAM,
        version=__version__,
        libraries=generator_versions(),
        hash=HASH,
        run=os.fsencode(origin.run).decode(errors="backslashreplace"),
        checkpoint=origin.name,
        checkpoint_hash=origin.hash,
        config=msgspec.to_builtins(origin.config),
        classes=origin.classes,
    )


class _List:
    """The list of a place, which is made with its first lines."""

    def __init__(self, place: Place) -> None:
        self._path = place.out / GENERATED
        self._size = place.generated.size if place.generated else 0

    def add(self, lines: bytes) -> None:
        if self._size == 0:
            write_atomic(self._path, lines, sync=True)
        else:
            with opened_journal(self._path) as journal:
                # Half a line, which a power cut has left, would spoil the next one.
                if self._path.stat().st_size > self._size:
                    journal.cut(self._size)
                journal.add(lines)
        self._size += len(lines)
