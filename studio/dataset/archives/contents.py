"""What is in an open archive: images by their keys."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from studio.augment.image import Image
from studio.dataset.archives.arrays import ArraySet, Part
from studio.dataset.archives.members import Member
from studio.dataset.archives.region import ArchiveError, Loan, Spool
from studio.dataset.mask_file import leave_out_masks, mask_names
from studio.dataset.reading.image_file import Header, encode_image

_GONE = "is not in it"


class Contents(ABC):
    """Images by their keys; ArchiveError for one that cannot be read. Any thread may read."""

    @abstractmethod
    def keys(self) -> Sequence[str]:
        """Return the keys of all images."""

    @abstractmethod
    def data(self, key: str, limit: int = -1) -> bytes:
        """Return an image's file, or its first bytes."""

    def header(self, key: str) -> Header | None:
        """Return an image's header where it is known without a file."""
        return None

    def content(self, key: str) -> bytes:
        """Return the bytes that an image is made from: a file, or numbers as they are stored."""
        return self.data(key)

    def decode(self, key: str, content: bytes) -> Image | None:
        """Return the pixels that such numbers are, None for a file."""
        return None

    def values(self, key: str, content: bytes) -> NDArray[Any] | None:
        """Return such numbers themselves where the pixels are others, as a `Picture` has them."""
        return None

    def mask_key(self, key: str) -> str:
        """Return the key of the mask file beside an image, "" where there is none."""
        return ""

    @abstractmethod
    def container(self, key: str) -> Path:
        """Return the file on the disk that holds the image."""

    @abstractmethod
    def files(self) -> tuple[Path, ...]:
        """Return all the files on the disk that hold images."""

    def lend(self) -> Loan | None:
        """Return what saves other processes from unpacking it all again."""
        return None


class Files(Contents):
    """Image files in an archive. `spool` holds them where the archive had to be unpacked."""

    def __init__(self, path: Path, members: Mapping[str, Member], spool: Spool | None) -> None:
        self._path = path
        self._members = members
        self._loan = spool.lend() if spool else None
        self._spool = spool

    def keys(self) -> Sequence[str]:
        return leave_out_masks(list(self._members))

    def mask_key(self, key: str) -> str:
        return next((name for name in mask_names(key) if name in self._members), "")

    def data(self, key: str, limit: int = -1) -> bytes:
        member = self._members.get(key)
        if member is None:
            raise ArchiveError(_GONE)
        data = member.data(limit)
        if not data:
            raise ArchiveError("is empty")
        return data

    def container(self, key: str) -> Path:
        return self._path

    def files(self) -> tuple[Path, ...]:
        return (self._path,)

    def lend(self) -> Loan | None:
        return self._loan


class Arrays(Contents):
    """Pictures in arrays; as files they are PNG, which keeps every level."""

    def __init__(self, arrays: ArraySet) -> None:
        self._arrays = arrays

    def keys(self) -> Sequence[str]:
        return list(self._arrays.keys())

    def data(self, key: str, limit: int = -1) -> bytes:
        data = encode_image(self.decode(key, self.content(key)), "png", 100)
        return data[:limit] if limit >= 0 else data

    def header(self, key: str) -> Header:
        pixels = self._find(key)[0].pixels
        notices = (pixels.notice,) if pixels.notice else ()
        return Header("png", pixels.width, pixels.height, notices)

    def content(self, key: str) -> bytes:
        part, index = self._find(key)
        return part.pixels.read(index)

    def decode(self, key: str, content: bytes) -> Image:
        return self._find(key)[0].pixels.decode(content)

    def values(self, key: str, content: bytes) -> NDArray[Any] | None:
        return self._find(key)[0].pixels.values(content)

    def _find(self, key: str) -> tuple[Part, int]:
        try:
            return self._arrays.find(key)
        except KeyError:
            raise ArchiveError(_GONE) from None

    def container(self, key: str) -> Path:
        try:
            return self._arrays.find(key)[0].file
        except KeyError:
            return self._arrays.parts[0].file

    def files(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(part.file for part in self._arrays.parts))
