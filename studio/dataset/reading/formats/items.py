"""The primary item of a HEIF file, and the properties it has (ISO/IEC 23008-12, 9.3)."""

from typing import NamedTuple

from studio.dataset.reading.formats.boxes import Box, find_boxes, need_box, unpack
from studio.dataset.reading.formats.facts import UnreadableError

_MOST_ITEMS = 10_000


class Primary(NamedTuple):
    """The primary item's properties in order, each with whether it is essential, and the file's."""

    properties: list[tuple[Box, bool]]
    all_properties: list[Box]


def find_primary(data: bytes, meta: Box) -> Primary:
    """Return the primary item's properties; `UnreadableError` where the file does not tell them."""
    identity = need_box(data, b"pitm", meta, 4)
    (version,) = unpack("B", data, identity)
    (primary,) = unpack("I" if version else "H", data, identity, 4)
    properties = need_box(data, b"iprp", meta, 4)
    container = need_box(data, b"ipco", properties)
    boxes = list(find_boxes(data, container.start, container.end))
    associations = [
        association
        for box in find_boxes(data, properties.start, properties.end)
        if box.name == b"ipma"
        for association in _read_associations(data, box, primary)
    ]
    if any(number > len(boxes) for number, _ in associations):
        raise UnreadableError("has a broken header: a property of its picture is missing")
    chosen = [(boxes[number - 1], must) for number, must in associations if number]
    return Primary(chosen, boxes)


def _read_associations(data: bytes, box: Box, item: int) -> list[tuple[int, bool]]:
    version, flags, count = unpack("B2xBI", data, box)
    if count > _MOST_ITEMS:
        raise UnreadableError(f"has a broken header: it claims {count} items")
    wide = bool(flags & 1)
    offset, found = 8, []
    for _ in range(count):
        identity, number = unpack("IB" if version else "HB", data, box, offset)
        offset += 5 if version else 3
        for _ in range(number):
            (value,) = unpack("H" if wide else "B", data, box, offset)
            offset += 2 if wide else 1
            if identity == item:
                most = 0x7FFF if wide else 0x7F
                found.append((value & most, value > most))
    return found
