"""Compressed files: what is in them, unpacked once, as a stream, into a file without a name."""

import bz2
import gzip
import lzma
from collections.abc import Callable, Generator, Iterator
from typing import IO

from studio.dataset.archives.members import Member
from studio.dataset.archives.region import ArchiveError, Region, Spool
from studio.dataset.archives.stream import Stream, faults_as
from studio.dataset.archives.zip_index import ZipMember

HEAD_BYTES = 16_384
"""Of an array's file: its header is within them."""
_SIZES = "has {:,} bytes, but its header tells of {:,}: it is truncated or damaged"
_A_CHUNK = 1 << 20
_MOST_MEMORY = 256_000_000
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz"}

Measure = Callable[[bytes], int]


def find_packing(head: bytes) -> str:
    """Return how a file is packed, by its first bytes: "gzip", "bzip2", "xz", or ""."""
    return next((name for magic, name in _PACKED.items() if head.startswith(magic)), "")


def unpack(packed: Region, packing: str) -> Iterator[bytes]:
    """Yield what is in a packed file, some at a time; ArchiveError where it is damaged."""
    file = Stream(packed, _A_CHUNK)
    with faults_as("is truncated or damaged: it cannot be unpacked"):
        if packing == "xz":
            yield from _unpack_xz(file)
            return
        unpacked = gzip.GzipFile(fileobj=file) if packing == "gzip" else bz2.BZ2File(file)
        while chunk := unpacked.read(_A_CHUNK):
            yield chunk


def _unpack_xz(file: IO[bytes]) -> Iterator[bytes]:
    # A file of lzma's own would take no limit of memory.
    rest = file.read(_A_CHUNK)
    while rest:
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)
        while not unpacker.eof:
            yield unpacker.decompress(rest, _A_CHUNK)
            rest = b""
            if unpacker.needs_input and not unpacker.eof:
                rest = file.read(_A_CHUNK)
                if not rest:
                    raise EOFError
        rest = (unpacker.unused_data or file.read(_A_CHUNK)).lstrip(b"\0")


class PackedMember(Member):
    """A file that is packed by itself, such as `train-images-idx3-ubyte.gz`."""

    def __init__(self, packed: Member, packing: str) -> None:
        self._packed = packed
        self._packing = packing

    def region(self) -> None:
        return None

    def chunks(self) -> Iterator[bytes]:
        place = self._packed.region()
        if place is None:
            raise ArchiveError("is packed twice, which is not supported")
        return unpack(place, self._packing)

    def data(self, limit: int = -1) -> bytes:
        if limit < 0:
            raise ArchiveError("is packed")
        return first_bytes(self, limit)


def first_bytes(member: Member, count: int) -> bytes:
    """Return the first bytes of what is in a member."""
    found = b""
    chunks = member.chunks()
    while len(found) < count and (chunk := next(chunks, b"")):
        found += chunk
    return found[:count]


def make_readable(member: Member, spool: Spool, measure: Measure) -> Generator[None, None, Region]:
    """Return where the member's bytes lie as they are, at least as many as it measures.

    They are unpacked into the spool where they have to be. `measure` tells from the first bytes
    how many there should be, or raises ArchiveError; nothing is written before.
    """
    place = member.region()
    if place is not None:
        expected = measure(place.head(HEAD_BYTES))
        if place.size != expected:
            raise ArchiveError(_SIZES.format(place.size, expected))
        return place
    expected = measure(first_bytes(member, HEAD_BYTES))
    if isinstance(member, ZipMember) and member.size != expected:
        raise ArchiveError(_SIZES.format(member.size, expected))
    spool.check_room(expected)
    return (yield from spool.add(_exactly(member.chunks(), expected)))


def _exactly(chunks: Iterator[bytes], expected: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > expected:
            raise ArchiveError(_SIZES.format(size, expected))
        yield chunk
    if size < expected:
        raise ArchiveError(_SIZES.format(size, expected))
