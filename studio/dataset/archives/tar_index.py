"""TAR: the headers, read by hand. After POSIX.1-2017 (ustar, pax) and GNU's manual."""

from collections.abc import Generator

from studio.dataset.archives.members import Listing, PlainMember
from studio.dataset.archives.names import find_fault, plain_key
from studio.dataset.archives.region import ArchiveError, Region
from studio.dataset.walk import is_hidden

_BLOCK = 512
_AHEAD = 16_384
_LONGEST_TEXT = 1_000_000
_FILES = b"0\x007"
_LONG_NAME, _PAX, _FOLDER = b"L", b"x", b"5"
_SILENT = b"5gKVM"
_REASONS = {
    b"1": "is a hard link; links are not followed",
    b"2": "is a link; links are not followed",
    b"3": "is a device; those are not followed",
    b"4": "is a device; those are not followed",
    b"6": "is a pipe; those are not followed",
    b"S": "is a sparse file, which is not supported",
}


def is_tar(head: bytes) -> bool:
    """Tell a TAR file by its first 512 bytes."""
    return len(head) >= _BLOCK and _has_sum(head[:_BLOCK]) and head[0] != 0


def list_tar(archive: Region, listing: Listing) -> Generator[None, None, None]:
    """Add the files of a TAR archive to the listing; give way after each header.

    ArchiveError where one is damaged or goes on after the archive's end. That an archive has no
    mark at its end is a problem, as files may be missing there.
    """
    position, given = 0, dict[bytes, bytes]()
    window = _Window(archive)
    while position + _BLOCK <= archive.size:
        header = window.block(position)
        position += _BLOCK
        if not any(header):
            return
        if not _has_sum(header):
            raise ArchiveError("is damaged: there is no header where one should be")
        kind = header[156:157]
        size = _number(given.pop(b"size", b"") or header[124:136])
        if position + size > archive.size:
            raise ArchiveError("is truncated: it ends within a file")
        body = archive.part(position, size)
        position += -(-size // _BLOCK) * _BLOCK
        if kind == _LONG_NAME:
            given[b"path"] = body.head(_LONGEST_TEXT).rstrip(b"\0")
        elif kind == _PAX:
            given |= _read_pax(body.head(_LONGEST_TEXT))
        elif kind != b"K":
            _take(listing, _name(header, given), kind, body)
            given.clear()
        yield
    listing.pass_over(listing.path.name, "has no mark at its end; it may have been cut short")


class _Window:
    # Headers of small files lie close together, and opening the file for each takes long.
    def __init__(self, archive: Region) -> None:
        self._archive = archive
        self._start = 0
        self._data = b""

    def block(self, position: int) -> bytes:
        if not self._start <= position <= self._start + len(self._data) - _BLOCK:
            self._start = position
            self._data = self._archive.read(position, min(_AHEAD, self._archive.size - position))
        return self._data[position - self._start : position - self._start + _BLOCK]


def _take(listing: Listing, name: str, kind: bytes, body: Region) -> None:
    if kind in _SILENT and kind != _FOLDER:
        return None
    if fault := find_fault(name):
        return listing.pass_over(name, fault)
    if "\\" in name:
        return listing.pass_over(name, "has a backslash in its name")
    key = plain_key(name)
    if kind == _FOLDER or is_hidden(key) or (name.endswith("/") and kind in _FILES):
        return None
    if kind not in _FILES:
        return listing.pass_over(key, _REASONS.get(kind, "is of a kind that is not supported"))
    printable = key.encode(errors="surrogateescape").decode(errors="backslashreplace")
    if printable in listing.members:
        listing.pass_over(key, "is in the archive twice; the last one is used")
    listing.members[printable] = PlainMember(body)
    return None


def _name(header: bytes, given: dict[bytes, bytes]) -> str:
    name = given.get(b"path")
    if name is None:
        name = header[:100].partition(b"\0")[0]
        prefix = header[345:500].partition(b"\0")[0]
        if header[257:263] == b"ustar\0" and prefix:
            name = prefix + b"/" + name
    return name.decode(errors="surrogateescape")


def _read_pax(data: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    while data:
        length, _, _ = data.partition(b" ")
        if not length.isdigit() or len(length) > 7 or not 0 < int(length) <= len(data):
            break
        key, _, value = data[len(length) + 1 : int(length) - 1].partition(b"=")
        if key in (b"path", b"size"):
            found[key] = value
        data = data[int(length) :]
    return found


def _number(field: bytes) -> int:
    """Return a header's number: digits, octal in the header itself, or GNU's 256-based ones."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:])
    is_header = len(field) == 12
    digits = field.partition(b"\0")[0].strip()
    try:
        number = int(digits or b"0", 8 if is_header else 10) if len(digits) < 25 else -1
    except ValueError:
        number = -1
    if number < 0:
        raise ArchiveError("is damaged: it has a file of no sound size")
    return number


def _has_sum(header: bytes) -> bool:
    text = header[148:156].strip(b" \0")
    try:
        claimed = int(text, 8)
    except ValueError:
        return False
    return claimed == sum(header[:148]) + 8 * 32 + sum(header[156:])
