"""PNG: its chunks, and what OpenCV makes of them that is not right.

https://www.w3.org/TR/png-3/
"""

import struct
import zlib
from collections.abc import Iterator

from studio.augment.image import Image
from studio.dataset.reading.formats import code_points
from studio.dataset.reading.formats.facts import (
    ANIMATED,
    NO_SIZE,
    TRUNCATED,
    CutShortError,
    Facts,
    UnreadableError,
    check_size,
)
from studio.dataset.reading.formats.tags import read_orientation
from studio.dataset.reading.pixels import add_alpha

MAGIC = (b"\x89PNG\r\n\x1a\n",)

_MAX_PROFILE = 16_000_000
# Animations would change what OpenCV decodes; of packed texts, it unpacks gigabytes.
_LEFT_OUT = (b"acTL", b"fcTL", b"fdAT", b"zTXt", b"iTXt", b"iCCP")
_STILL = "is animated; its still picture is used"


def find_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, payload offset and length of each chunk; damaged lengths end the search."""
    position = 8
    while position + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        yield name, position + 8, length
        position += 12 + length


def describe(data: bytes, max_pixels: int) -> Facts:
    """Return the facts of a PNG; `CutShortError` where its pixels do not begin."""
    name, width, height, bits, kind = struct.unpack_from(">4sIIBB", data, 12)
    if name != b"IHDR":
        raise UnreadableError(NO_SIZE)
    check_size(width, height, max_pixels)
    chunks: dict[bytes, bytes] = {}
    found = b""
    for found, offset, length in find_chunks(data):
        if found == b"IDAT":
            break
        if found in (b"iCCP", b"cICP", b"acTL", b"fcTL"):
            chunks.setdefault(found, data[offset : offset + length])
    if found != b"IDAT":
        raise CutShortError
    code = chunks.get(b"cICP", b"")
    colours = code_points.find_notice(code[0], code[1]) if len(code) == 4 else ""
    return Facts(
        "png",
        width,
        height,
        colours="grey" if kind in (0, 4) else "rgb",
        bits=16 if bits == 16 else 8,
        orientation=read_orientation(_find_exif(data)),
        # Colours told by number count more than a profile.
        profile=b"" if len(code) == 4 else _read_profile(chunks.get(b"iCCP", b"")),
        notices=tuple(filter(None, (_find_animation(chunks), colours))),
    )


def prepare(data: bytes, facts: Facts) -> bytes:
    """Return the still picture alone, as a file for OpenCV; `UnreadableError` if parts are missing.

    For a chunk that claims more bytes than there are, OpenCV first fills up to 4 GB of memory.
    """
    extra = []
    for name, offset, length in find_chunks(data):
        if offset + length + 4 > len(data):
            break
        if name in _LEFT_OUT:
            extra.append((offset - 8, offset + length + 4))
        if name == b"IEND":
            return _leave_out(data, extra)
    raise UnreadableError(TRUNCATED)


def finish(image: Image, data: bytes, facts: Facts) -> Image:
    """Return the image with the one kind of transparency that OpenCV drops."""
    transparent = _find_transparent_grey(data) if image.ndim == 2 else None
    return image if transparent is None else add_alpha(image, transparent)


def _leave_out(data: bytes, parts: list[tuple[int, int]]) -> bytes:
    if not parts:
        return data
    starts = [0, *(end for _, end in parts)]
    ends = [*(start for start, _ in parts), len(data)]
    return b"".join(data[start:end] for start, end in zip(starts, ends, strict=True))


def _find_animation(chunks: dict[bytes, bytes]) -> str:
    control = chunks.get(b"acTL", b"")
    if len(control) < 4 or int.from_bytes(control[:4]) < 2:
        return ""
    return ANIMATED if b"fcTL" in chunks else _STILL


def _find_exif(data: bytes) -> bytes:
    chunks = find_chunks(data)
    return next((data[at : at + length] for name, at, length in chunks if name == b"eXIf"), b"")


def _read_profile(chunk: bytes) -> bytes:
    if not chunk:
        return b""
    _, _, packed = chunk.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(packed[1:], _MAX_PROFILE) or b"?"
    except zlib.error:
        return b"?"


def _find_transparent_grey(data: bytes) -> int | None:
    if data[25] != 0:
        return None
    for name, offset, length in find_chunks(data):
        if name == b"IDAT":
            return None
        if name == b"tRNS" and length == 2:
            level, most = int.from_bytes(data[offset : offset + 2]), 2 ** data[24] - 1
            return level if most == 0xFFFF else (level & most) * 255 // most
    return None
