"""NPY: numpy's file of one array, after numpy.lib.format, without anything that it could run."""

import math
import re
from collections.abc import Generator
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.dataset.archives.members import Member
from studio.dataset.archives.region import ArchiveError, Region, Spool
from studio.dataset.archives.unpack import HEAD_BYTES, first_bytes, make_readable

MAGIC = b"\x93NUMPY"
_DESCRIPTION = re.compile(r"'descr'\s*:\s*'([^']*)'")
_ORDER = re.compile(r"'fortran_order'\s*:\s*(True|False)")
# Python 2 wrote numbers such as 60000L.
_SHAPE = re.compile(r"'shape'\s*:\s*\(([0-9, L]{0,300})\)")
_TYPES = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|[US][1-9]\d{0,3})")
_MOST_DIMENSIONS = 8
_LAST_CHARACTER = 0x10FFFF
_LABELS_AT_MOST = 1_000_000_000


class ArrayHeader(Struct, frozen=True):
    """What the header of an NPY file tells; the numbers begin at `start`."""

    start: int
    type: str
    shape: tuple[int, ...]
    is_fortran: bool

    @property
    def size(self) -> int:
        """The bytes of the whole file."""
        return self.start + math.prod(self.shape) * np.dtype(self.type).itemsize


def parse_header(head: bytes) -> ArrayHeader:
    """Return the header from a file's first bytes; ArchiveError for what is no array of numbers."""
    if not head.startswith(MAGIC) or len(head) < 12:
        raise ArchiveError("is no NPY file")
    start = 10 if head[6] == 1 else 12
    end = start + int.from_bytes(head[8:start], "little")
    text = head[start:end].decode("latin-1")
    description, order, shape = (p.search(text) for p in (_DESCRIPTION, _ORDER, _SHAPE))
    if head[6] not in (1, 2, 3) or end > min(len(head), HEAD_BYTES) or not (order and shape):
        raise ArchiveError("has a broken header")
    if description and "O" in description[1]:
        raise ArchiveError("holds Python objects, which could run code; save numbers instead")
    if not description or not _TYPES.fullmatch(description[1]):
        raise ArchiveError("holds something else than plain numbers")
    sizes = tuple(map(int, re.findall("[0-9]+", shape[1])))
    if len(sizes) > _MOST_DIMENSIONS or math.prod(sizes) > 2**62:
        raise ArchiveError(f"claims to hold {'×'.join(map(str, sizes))} numbers")
    return ArrayHeader(end, description[1], sizes, order[1] == "True")


def peek_array(member: Member) -> ArrayHeader:
    """Return the header of a member."""
    place = member.region()
    return parse_header(place.head(HEAD_BYTES) if place else first_bytes(member, HEAD_BYTES))


def load_array(member: Member, spool: Spool) -> Generator[None, None, tuple[ArrayHeader, Region]]:
    """Return the header and where the file lies unpacked, as long as its header tells."""
    place = yield from make_readable(member, spool, lambda head: parse_header(head).size)
    return parse_header(place.head(HEAD_BYTES)), place


def read_values(header: ArrayHeader, place: Region) -> NDArray[Any]:
    """Return a small array such as labels."""
    if header.size > _LABELS_AT_MOST:
        raise ArchiveError("is too large for labels")
    if not math.prod(header.shape):
        raise ArchiveError("is empty")
    raw = place.read(header.start, header.size - header.start)
    order = "F" if header.is_fortran else "C"
    dtype = np.dtype(header.type)
    if dtype.kind == "U" and np.frombuffer(raw, f"{dtype.byteorder}u4").max() > _LAST_CHARACTER:
        raise ArchiveError("holds texts that are none")
    return np.frombuffer(raw, header.type).reshape(header.shape, order=order)  # type: ignore[call-overload,no-any-return]
