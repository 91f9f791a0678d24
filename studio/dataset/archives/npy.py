"""NPY: numpy's file of one array; only its header is numpy's to read, so that nothing is run."""

import io
import math
from collections.abc import Generator
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from studio.dataset.archives.members import Member
from studio.dataset.archives.region import ArchiveError, Region, Spool
from studio.dataset.archives.stream import faults_as
from studio.dataset.archives.unpack import HEAD_BYTES, first_bytes, make_readable

MAGIC = npy_format.MAGIC_PREFIX
# Numbers are described in some 120; a parser can be led deep by thousands.
_LONGEST_HEADER = 1000
_READERS = {
    (1, 0): npy_format.read_array_header_1_0,
    (2, 0): npy_format.read_array_header_2_0,
}
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
    file = io.BytesIO(head)
    with faults_as("is no NPY file, or has a broken header"):
        read = _READERS[npy_format.read_magic(file)]
        shape, is_fortran, dtype = read(file, max_header_size=_LONGEST_HEADER)
    if dtype.hasobject:
        raise ArchiveError("holds Python objects, which could run code; save numbers instead")
    if dtype.kind not in "biufSU" or not dtype.itemsize:
        raise ArchiveError("holds something else than plain numbers")
    if len(shape) > _MOST_DIMENSIONS or min(shape, default=0) < 0:
        raise ArchiveError("holds numbers in a shape that is none")
    return ArrayHeader(file.tell(), dtype.str, shape, is_fortran)


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
