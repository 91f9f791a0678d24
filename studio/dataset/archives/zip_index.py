"""ZIP: the central directory, read by hand, and entries unpacked no further than is sound.

After PKWARE's APPNOTE.TXT 6.3.10. Python's zipfile reads all of a directory before it gives way,
and shares one file between threads.
"""

import re
import stat
import struct
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.dataset.archives.members import MAX_BYTES, MAX_PIXELS, Listing, Member
from studio.dataset.archives.names import find_fault, plain_key
from studio.dataset.archives.region import ArchiveError, Region
from studio.dataset.image_file import HEAD_BYTES, CutShortError, ImageError, decode_header
from studio.dataset.walk import is_hidden

_ENTRY = struct.Struct("<4sBBHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_END = struct.Struct("<4sHHHHIIH")
_LOCATOR = struct.Struct("<4sIQI")
_END_64 = struct.Struct("<4sQHHIIQQQQ")
_LONGEST_END = _END.size + 65_535
_LONGEST_DIRECTORY = 256_000_000
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _PATCHED = 0x0001, 0x0020
_UNIX, _DARWIN = 3, 19
_BROKEN = "has a broken list of what is in it, as one has that was cut short"
_PLENTY = 128_000_000
_MOST_RATIO = 100
_A_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class ZipMember(Member):
    """An entry of a ZIP file."""

    archive: Region
    offset: int
    packed: int
    size: int
    method: int
    crc: int

    def region(self) -> Region | None:
        return self._packed() if self.method == _STORED else None

    def chunks(self) -> Iterator[bytes]:
        size = crc = 0
        for chunk in self._unpack():
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if size != self.size or crc != self.crc:
            raise ArchiveError("is damaged: its checksum is wrong")

    def data(self, limit: int = -1) -> bytes:
        if limit >= 0:
            return self._first(limit)
        if self.size > HEAD_BYTES:
            _check_head(self._first(HEAD_BYTES))
        most = min(MAX_BYTES, _PLENTY + _MOST_RATIO * self.packed)
        size, chunks = 0, []
        for chunk in self.chunks():
            size += len(chunk)
            if size > most:
                raise ArchiveError("unpacks to far more bytes than an image of its size would")
            chunks.append(chunk)
        return b"".join(chunks)

    def _first(self, limit: int) -> bytes:
        found = bytearray()
        chunks = self._unpack()
        while len(found) < limit and (chunk := next(chunks, b"")):
            found += chunk
        return bytes(found[:limit])

    def _packed(self) -> Region:
        mark, *_, name, extra = _LOCAL.unpack(self.archive.read(self.offset, _LOCAL.size))
        if mark != b"PK\3\4":
            raise ArchiveError("is damaged: it is not where the archive says")
        return self.archive.part(self.offset + _LOCAL.size + name + extra, self.packed)

    def _unpack(self) -> Iterator[bytes]:
        packed = self._packed()
        if self.method == _STORED:
            yield from packed.chunks()
            return
        unpacker, position = zlib.decompressobj(-15), 0
        while not unpacker.eof:
            rest = unpacker.unconsumed_tail
            if not rest:
                rest = packed.read(position, min(_A_CHUNK, packed.size - position))
                position += len(rest)
            try:
                chunk = unpacker.decompress(rest, _A_CHUNK)
            except zlib.error:
                raise ArchiveError("is damaged: it cannot be unpacked") from None
            if chunk:
                yield chunk
            elif not rest:
                return


def _check_head(head: bytes) -> None:
    """Raise ArchiveError for what cannot be read, before all of it is unpacked."""
    try:
        decode_header(Path(), head, max_pixels=MAX_PIXELS)
    except CutShortError:
        pass
    except ImageError as error:
        raise ArchiveError(error.reason) from None


def is_zip(head: bytes) -> bool:
    """Tell a ZIP file by its first bytes."""
    return head[:4] in (b"PK\3\4", b"PK\5\6")


def list_zip(archive: Region, listing: Listing) -> Generator[None, None, None]:
    """Add the files of a ZIP archive to the listing; give way after each."""
    directory, shift = _find_directory(archive)
    position = 0
    while position + _ENTRY.size <= len(directory):
        fields = _ENTRY.unpack_from(directory, position)
        mark, _, system, _, flags, method, _, _, crc, packed, size = fields[:11]
        name_size, extra_size, comment_size, _, _, attributes, offset = fields[11:]
        if mark != b"PK\1\2":
            raise ArchiveError(_BROKEN)
        position += _ENTRY.size
        texts = directory[position : position + name_size + extra_size]
        position += name_size + extra_size + comment_size
        size, packed, offset = _widen(texts[name_size:], size, packed, offset)
        member = ZipMember(archive, offset + shift, packed, size, method, crc)
        mode = attributes >> 16 if system in (_UNIX, _DARWIN) else 0
        _take(listing, texts[:name_size], member, mode, flags)
        yield
    if position != len(directory):
        raise ArchiveError(_BROKEN)


def _take(listing: Listing, raw: bytes, member: ZipMember, mode: int, flags: int) -> None:
    name = _decode(raw)
    if fault := find_fault(name):
        return listing.pass_over(name, fault)
    # Windows' PowerShell separates with backslashes.
    key = plain_key(name.replace("\\", "/"))
    if name.endswith(("/", "\\")) or stat.S_ISDIR(mode) or is_hidden(key):
        return None
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return listing.pass_over(key, "is a link or a device; those are not followed")
    if flags & (_ENCRYPTED | _PATCHED):
        return listing.pass_over(key, "is encrypted")
    if member.method not in (_STORED, _DEFLATED):
        return listing.pass_over(key, "is packed by a method that is not supported")
    if key in listing.members:
        listing.pass_over(key, "is in the archive twice; the last one is used")
    listing.members[key] = member
    return None


def _find_directory(archive: Region) -> tuple[bytes, int]:
    """Return the central directory, and how far all offsets are off: a program may come first."""
    tail = archive.read(max(0, archive.size - _LONGEST_END), min(archive.size, _LONGEST_END))
    found = tail.rfind(b"PK\5\6")
    if found < 0 or found + _END.size > len(tail):
        raise ArchiveError(_BROKEN)
    end = archive.size - len(tail) + found
    *_, size, start, _ = _END.unpack_from(tail, found)
    if end >= _LOCATOR.size:
        mark, _, place, _ = _LOCATOR.unpack(archive.read(end - _LOCATOR.size, _LOCATOR.size))
        if mark == b"PK\6\7":
            end, size, start = _read_end_64(archive, end - _LOCATOR.size, place)
    if size > end:
        raise ArchiveError(_BROKEN)
    if size > _LONGEST_DIRECTORY:
        raise ArchiveError("lists more files than can be taken in")
    return archive.read(end - size, size), end - size - start


def _read_end_64(archive: Region, locator: int, place: int) -> tuple[int, int, int]:
    for end in (place, locator - _END_64.size):
        if 0 <= end <= locator - _END_64.size:
            mark, *_, size, start = _END_64.unpack(archive.read(end, _END_64.size))
            if mark == b"PK\6\6":
                return end, size, start
    raise ArchiveError(_BROKEN)


def _widen(extra: bytes, *sizes: int) -> list[int]:
    """Return sizes and offset, those of more than 32 bits from the extra field."""
    wide = list(sizes)
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        body = extra[position + 4 : position + 4 + length]
        position += 4 + length
        if kind == 1:
            for index, size in enumerate(sizes):
                if size == 0xFFFFFFFF and len(body) >= 8:
                    wide[index] = int.from_bytes(body[:8], "little")
                    body = body[8:]
    return wide


def _decode(raw: bytes) -> str:
    # Many programs write UTF-8 and do not say so.
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return re.sub(r"[\0-\x1f]", "_", raw.decode("cp437"))
