"""Damaged files, read in a process of their own, so that a crash of a decoder is a failed test."""

import struct
import sys
import time
import zlib

import numpy as np

from tests.dataset.samples import find_reason, sound_files

HUGE = 30_000
EXTREMES = (b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\x80\0")


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a file with one to four changes, half of them near its start."""
    changed = bytearray(data)
    for _ in range(rng.integers(1, 5)):
        reach = len(changed) if rng.random() < 0.5 else min(len(changed), 400)
        place, length = int(rng.integers(reach)), int(rng.integers(1, 30))
        match rng.integers(5):
            case 0:
                changed[place] = rng.integers(256)
            case 1:
                changed[place] ^= 1 << int(rng.integers(8))
            case 2:
                changed[place : place + 4] = EXTREMES[rng.integers(len(EXTREMES))]
            case 3 if len(changed) > 60:
                del changed[place : place + length]
            case _:
                changed[place:place] = changed[place : place + length]
    return bytes(changed)


def read_mutations(seed: int, number: int) -> None:
    """Read that many mutations; AssertionError where picture and thumbnail do not agree."""
    rng = np.random.default_rng(seed)
    sound = sound_files()
    for count in range(number):
        name = sorted(sound)[count % len(sound)]
        data = mutate(sound[name], rng)
        start = time.perf_counter()
        try:
            find_reason(data)
        except Exception as error:
            error.add_note(f"mutation {count} of {name}: {data.hex()}")
            raise
        # What is called a hang; these files take milliseconds.
        assert time.perf_counter() - start < 5, (count, name)


def make_bombs() -> dict[str, bytes]:
    """Return small files of every format that claim a huge picture."""
    sound, sides = sound_files(), (HUGE, HUGE)
    png = b"IHDR" + struct.pack(">IIBBBBB", *sides, 8, 2, 0, 0, 0)
    bombs = {
        "png": sound["png"][:12] + png + struct.pack(">I", zlib.crc32(png)) + sound["png"][33:],
        "bmp": sound["bmp"][:18] + struct.pack("<II", *sides) + sound["bmp"][26:],
        "gif": sound["gif"][:6] + struct.pack("<HH", *sides) + sound["gif"][10:],
        "webp": b"RIFF\xff\xff\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\xff\xff" * 2,
    }
    for name, old, new in (
        ("jpeg", struct.pack(">HH", 36, 52), struct.pack(">HH", *sides)),
        ("jpeg cmyk", struct.pack(">HH", 36, 52), struct.pack(">HH", *sides)),
        ("jpeg2000", struct.pack(">II", 52, 36), struct.pack(">II", *sides)),
        ("avif", struct.pack(">II", 52, 36), struct.pack(">II", *sides)),
        ("avif animated", struct.pack(">II", 52 << 16, 36 << 16), struct.pack(">II", *[2**30] * 2)),
        ("tiff", struct.pack("<HHII", 256, 4, 1, 52), struct.pack("<HHII", 256, 4, 1, 2**27)),
        ("tiff cmyk", struct.pack("<HHII", 256, 4, 1, 52), struct.pack("<HHII", 256, 4, 1, 2**27)),
    ):
        assert old in sound[name], name
        bombs[name] = sound[name].replace(old, new)
    return bombs


def read_bombs() -> None:
    """Read them; AssertionError unless each is refused for its size, within 300 MB of memory."""
    bombs = make_bombs()
    find_reason(sound_files()["avif grey"])
    before = _peak()
    for name, data in bombs.items():
        reason = find_reason(data, 250_000_000)
        assert "more than the limit of 250 megapixels" in reason, (name, reason)
        assert _peak() - before < 300_000_000, name


def _peak() -> int:
    import resource  # Not on Windows.

    # Linux counts kilobytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    read_bombs() if sys.argv[1] == "bombs" else read_mutations(int(sys.argv[1]), int(sys.argv[2]))
