"""The boxes that AVIF and JPEG 2000 files are made of (ISO/IEC 14496-12, 4.2)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from studio.dataset.reading.formats.facts import CutShortError, UnreadableError

_MOST_BOXES = 10_000
_BROKEN = "has a broken header: its parts do not fit into each other"


class Box(NamedTuple):
    """A box's four letters, and where its payload starts and ends."""

    name: bytes
    start: int
    end: int


def find_boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the boxes between two offsets, or of the whole file, of which `data` may be the start.

    `UnreadableError` for a box that is larger than the one around it or smaller than its header,
    `CutShortError` where a box's header is not in the data. The last box of a file may end behind
    the data.
    """
    for _ in range(_MOST_BOXES):
        if start == (len(data) if end is None else end):
            return
        try:
            size, name = struct.unpack_from(">I4s", data, start)
            inside = start + 8
            if size == 1:
                (size,) = struct.unpack_from(">Q", data, inside)
                inside += 8
        except struct.error:
            raise CutShortError from None
        after = start + size
        if size == 0:
            after = max(inside, len(data)) if end is None else end
        if after < inside or (end is not None and after > end):
            raise UnreadableError(_BROKEN)
        yield Box(name, inside, after)
        if end is None and after > len(data):
            return
        start = after
    raise UnreadableError(_BROKEN)


def find_box(data: bytes, name: bytes, parent: Box | None = None, skip: int = 0) -> Box | None:
    """Return the first box of a name, `skip` bytes into the parent's payload, or None.

    `CutShortError` where its end, or the search's, is not in the data.
    """
    last = None
    found = (
        find_boxes(data)
        if parent is None
        else find_boxes(data, min(parent.start + skip, parent.end), parent.end)
    )
    for last in found:
        if last.name == name:
            if last.end > len(data):
                raise CutShortError
            return last
    if parent is None and last is not None and last.end > len(data):
        raise CutShortError
    return None


def need_box(data: bytes, name: bytes, parent: Box | None = None, skip: int = 0) -> Box:
    """Return the box as `find_box`; `UnreadableError` where there is none."""
    box = find_box(data, name, parent, skip)
    if box is None:
        raise UnreadableError(
            f"has a broken header: its part “{name.decode('latin-1')}” is missing"
        )
    return box


def unpack(layout: str, data: bytes, box: Box, offset: int = 0) -> tuple[int, ...]:
    """Return big-endian numbers at an offset in a box; `UnreadableError` where it is too short."""
    if box.start + offset + struct.calcsize(">" + layout) > box.end:
        raise UnreadableError(_BROKEN)
    return struct.unpack_from(">" + layout, data, box.start + offset)
