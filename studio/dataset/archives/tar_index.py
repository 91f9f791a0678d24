"""TAR: its files, as tarfile lists them, each where it lies."""

import tarfile
from collections.abc import Generator, Iterator

from studio.dataset.archives.members import Listing, PlainMember
from studio.dataset.archives.names import find_fault, plain_key
from studio.dataset.archives.region import ArchiveError, Region
from studio.dataset.archives.stream import Stream, faults_as
from studio.dataset.walk import is_hidden

_AHEAD = 16_384
# Before Python 3.11.10 and 3.12.6, tarfile's time goes with the square of this.
_LONGEST_HEADER = 16_384
_LABEL = b"V"
_DAMAGED = "is truncated or damaged: there is no sound header where one should be"


def is_tar(head: bytes) -> bool:
    """Tell a TAR file by its first 512 bytes."""
    try:
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def list_tar(archive: Region, listing: Listing) -> Generator[None, None, None]:
    """Add the files of a TAR archive to the listing; give way after each.

    ArchiveError where it is damaged. That it has no mark at its end is a problem, as files may be
    missing there.
    """
    for entry in _read_entries(archive, listing):
        _take(listing, entry, archive)
        yield


def _read_entries(archive: Region, listing: Listing) -> Iterator[tarfile.TarInfo]:
    stream, last = Stream(archive, _AHEAD), -1
    stream.allowance = _LONGEST_HEADER
    with faults_as(_DAMAGED):
        tar = tarfile.TarFile(fileobj=stream, encoding="utf-8", errors="surrogateescape")
        while entry := tar.next():
            # Python before 3.11.14, 3.12.12 and 3.13.6 goes in circles with a size below zero.
            if entry.offset <= last:
                raise ArchiveError(_DAMAGED)
            last = entry.offset
            yield entry
            # Kept, these could fill the memory: an entry can have thousands of attributes.
            tar.members.clear()  # type: ignore[attr-defined]
            tar.pax_headers = {}
            stream.allowance = _LONGEST_HEADER
        end = archive.part(tar.offset, archive.size - tar.offset).head(tarfile.BLOCKSIZE)
    if len(end) < tarfile.BLOCKSIZE:
        listing.pass_over(listing.path.name, "has no mark at its end; it may have been cut short")
    elif any(end):
        # tarfile takes a damaged header for the end.
        raise ArchiveError(_DAMAGED)


def _take(listing: Listing, entry: tarfile.TarInfo, archive: Region) -> None:
    if fault := find_fault(entry.name):
        return listing.pass_over(entry.name, fault)
    if "\\" in entry.name:
        return listing.pass_over(entry.name, "has a backslash in its name")
    key = plain_key(entry.name)
    if entry.isdir() or entry.type == _LABEL or is_hidden(key) or entry.name.endswith("/"):
        return None
    if fault := _find_fault_of_kind(entry):
        return listing.pass_over(key, fault)
    printable = key.encode(errors="surrogateescape").decode(errors="backslashreplace")
    if printable in listing.members:
        listing.pass_over(key, "is in the archive twice; the last one is used")
    listing.members[printable] = PlainMember(archive.part(entry.offset_data, entry.size))
    return None


def _find_fault_of_kind(entry: tarfile.TarInfo) -> str:
    if entry.issym() or entry.islnk():
        return "is a link; links are not followed"
    if entry.isdev():
        return "is a device or a pipe; those are not followed"
    if entry.issparse():
        return "is a sparse file, which is not supported"
    return "" if entry.isreg() else "is of a kind that is not supported"
