"""PNG's chunks: whether all are there, and the one kind of transparency that OpenCV drops."""

import struct
from collections.abc import Iterator


def find_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, payload offset and length of each chunk; damaged lengths end the search."""
    position = 8
    while position + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        yield name, position + 8, length
        position += 12 + length


def find_obstacle(data: bytes) -> str:
    """Return why the file cannot be whole, or "".

    For a chunk that claims more bytes than there are, OpenCV first fills up to 4 GB of memory.
    """
    for name, offset, length in find_chunks(data):
        if offset + length + 4 > len(data):
            break
        if name == b"IEND":
            return ""
    return "is truncated or corrupt"


def find_transparent_grey(data: bytes) -> int | None:
    """Return the grey that stands for transparency, in the decoded image's levels, or None.

    None also for images with colours, a palette or an alpha channel.
    """
    if len(data) < 26 or data[25] != 0:
        return None
    for name, offset, length in find_chunks(data):
        if name == b"IDAT":
            return None
        if name == b"tRNS" and length == 2 and offset + 2 <= len(data):
            level, most = int.from_bytes(data[offset : offset + 2]), 2 ** data[24] - 1
            return level if most == 0xFFFF else (level & most) * 255 // most
    return None
