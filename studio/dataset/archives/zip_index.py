"""ZIP: its files, as zipfile lists and unpacks them, no further than is sound."""

import math
import stat
import struct
import zipfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from studio.dataset.archives.members import MAX_BYTES, Listing, Member
from studio.dataset.archives.names import find_fault, plain_key
from studio.dataset.archives.region import ArchiveError, Region
from studio.dataset.archives.stream import Stream, faults_as
from studio.dataset.walk import is_hidden

_AHEAD = 16_384
_LONGEST_DIRECTORY = 256_000_000
_LOCAL = struct.Struct("<4s22xHH")
_ENCRYPTED, _PATCHED, _UTF_8 = 0x0001, 0x0020, 0x0800
_UNIX, _DARWIN = 3, 19
_BROKEN = "has a broken list of what is in it, as one has that was cut short"
_DAMAGED = "is damaged: it cannot be unpacked, or its checksum is wrong"
_PLENTY = 128_000_000
_MOST_RATIO = 100
_A_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ZipMember(Member):
    """An entry of a ZIP file. zipfile lets any number of threads read at once."""

    archive: Region
    file: zipfile.ZipFile
    entry: zipfile.ZipInfo

    @property
    def size(self) -> int:
        """The bytes that it should unpack to; never more are unpacked."""
        return self.entry.file_size

    def region(self) -> Region | None:
        if self.entry.compress_type != zipfile.ZIP_STORED:
            return None
        # zipfile does not tell where an entry's bytes are.
        start = self.entry.header_offset
        mark, name, extra = _LOCAL.unpack(self.archive.part(start, _LOCAL.size).head(_LOCAL.size))
        if mark != b"PK\3\4":
            raise ArchiveError(_DAMAGED)
        return self.archive.part(start + _LOCAL.size + name + extra, self.size)

    def chunks(self) -> Iterator[bytes]:
        with faults_as(_DAMAGED), self.file.open(self.entry) as file:
            while chunk := file.read(_A_CHUNK):
                yield chunk

    def data(self, limit: int = -1) -> bytes:
        if limit < 0 and self.size > self._most():
            raise ArchiveError("unpacks to far more bytes than an image of its size would")
        with faults_as(_DAMAGED), self.file.open(self.entry) as file:
            return file.read(limit if limit >= 0 else self.size)

    def _most(self) -> int:
        packed = min(self.entry.compress_size, self.archive.size)
        return min(MAX_BYTES, _PLENTY + _MOST_RATIO * packed)


def is_zip(head: bytes) -> bool:
    """Tell a ZIP file by its first bytes."""
    return head[:4] in (b"PK\3\4", b"PK\5\6")


def list_zip(archive: Region, listing: Listing) -> Generator[None, None, None]:
    """Add the files of a ZIP archive to the listing; give way after each, once all are listed."""
    stream = Stream(archive, _AHEAD)
    stream.allowance = _LONGEST_DIRECTORY
    with faults_as(_BROKEN):
        file = zipfile.ZipFile(stream)
    stream.allowance = math.inf
    for entry in file.infolist():
        _take(listing, ZipMember(archive, file, entry))
        yield


def _take(listing: Listing, member: ZipMember) -> None:
    entry = member.entry
    name = _decode(entry)
    if fault := find_fault(name):
        return listing.pass_over(name, fault)
    # Windows' PowerShell separates with backslashes.
    key = plain_key(name.replace("\\", "/"))
    mode = entry.external_attr >> 16 if entry.create_system in (_UNIX, _DARWIN) else 0
    if name.endswith(("/", "\\")) or stat.S_ISDIR(mode) or is_hidden(key):
        return None
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return listing.pass_over(key, "is a link or a device; those are not followed")
    if entry.flag_bits & (_ENCRYPTED | _PATCHED):
        return listing.pass_over(key, "is encrypted")
    # zipfile unpacks other methods without a limit.
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return listing.pass_over(key, "is packed by a method that is not supported")
    if key in listing.members:
        listing.pass_over(key, "is in the archive twice; the last one is used")
    listing.members[key] = member
    return None


def _decode(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & _UTF_8 or entry.orig_filename.isascii():
        return entry.orig_filename
    # Many programs write UTF-8 and do not say so.
    try:
        return entry.orig_filename.encode("cp437").decode()
    except UnicodeDecodeError:
        return entry.orig_filename
