"""A run's grids as a film in a file: GIF or MP4. Without Qt."""

import io
import secrets
from collections.abc import Generator, Sequence
from pathlib import Path

import cv2
import numpy as np
from msgspec import Struct
from PIL import Image

from studio.dataset.atomic_file import OURS, write_atomic
from studio.errors import UserError
from studio.qt.train.film_strip import Frame, Pixels, encode_strip, read_frame

FILM_SUFFIXES = (".gif", ".mp4")
_GIF_WIDTH = 720
_LAST_SECONDS = 1.5
"""For how long the last frame of a GIF stays before it begins anew."""


class FilmReport(Struct, frozen=True):
    """So many frames are done."""

    done: int
    total: int


def write_film(
    frames: Sequence[Frame], target: Path, *, frames_per_second: float
) -> Generator[FilmReport, None, Path]:
    """Write a film, of the kind that the target's suffix says; return the target.

    A file that was there stays until the new one is whole. UserError: another suffix, a frame that
    cannot be read, a machine that cannot write MP4; an OSError goes up.
    """
    suffix = target.suffix.lower()
    if suffix == ".gif":
        yield from _write_gif(frames, target, frames_per_second)
    elif suffix == ".mp4":
        yield from _write_mp4(frames, target, frames_per_second)
    else:
        raise UserError(f"{target}: is no kind of film", "Name it .gif or .mp4.")
    return target


def write_strip(
    frames: Sequence[Frame], target: Path, *, count: int = 5
) -> Generator[FilmReport, None, Path]:
    """Write a film strip of `count` frames as PNG; return the target. Errors as of a film."""
    write_atomic(target, encode_strip(frames, count), sync=True)
    yield FilmReport(1, 1)
    return target


def _write_gif(
    frames: Sequence[Frame], target: Path, rate: float
) -> Generator[FilmReport, None, None]:
    pictures = []
    for number, frame in enumerate(frames):
        pixels = read_frame(frame, most=_GIF_WIDTH)
        picture = Image.fromarray(pixels if pixels.ndim == 2 else pixels[..., ::-1].copy())
        # With colours of its own each frame is as good as 256 of them allow.
        pictures.append(picture if pixels.ndim == 2 else picture.quantize(256))
        yield FilmReport(number + 1, len(frames))
    each = round(1000 / rate)
    durations = [each] * (len(pictures) - 1) + [max(each, round(_LAST_SECONDS * 1000))]
    data = io.BytesIO()
    pictures[0].save(
        data, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0
    )
    write_atomic(target, data.getvalue(), sync=True)


def _write_mp4(
    frames: Sequence[Frame], target: Path, rate: float
) -> Generator[FilmReport, None, None]:
    # The library knows the format by the suffix, and writes in place.
    waiting = target.with_name(f"{OURS}-{secrets.token_hex(6)}.mp4")
    first = _even(read_frame(frames[0]))
    height, width = first.shape[:2]
    try:
        code = cv2.VideoWriter.fourcc(*"mp4v")
        writer = cv2.VideoWriter(str(waiting), code, rate, (width, height))
        try:
            if not writer.isOpened():
                _check_writable(target)
                raise UserError(f"{target}: this machine cannot write MP4", "Save it as GIF.")
            for number, frame in enumerate(frames):
                writer.write(np.ascontiguousarray(_even(read_frame(frame))[:height, :width]))
                yield FilmReport(number + 1, len(frames))
        finally:
            writer.release()
        if _count_frames(waiting) != len(frames):
            raise UserError(f"{target}: could not be written whole", "Make room, or save as GIF.")
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)


def _even(image: Pixels) -> Pixels:
    """Return colours in even width and height, which is all that MPEG-4 takes."""
    if image.ndim == 2:
        image = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    height, width = image.shape[:2]
    return np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _check_writable(target: Path) -> None:
    """Raise the OSError of a folder that takes no files, which the library keeps to itself."""
    probe = target.with_name(f"{OURS}-{secrets.token_hex(6)}.tmp")
    probe.touch()
    probe.unlink()


def _count_frames(path: Path) -> int:
    # The writer reports no failure, a full disk included.
    film = cv2.VideoCapture(str(path))
    try:
        count = 0
        while film.grab():
            count += 1
        return count
    finally:
        film.release()
