"""Where the images of a data set are, and the one way to read them."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass, field
from os.path import isfile
from pathlib import Path

from studio.augment.image import Image
from studio.dataset.mask_file import mask_names
from studio.dataset.reading.image_file import (
    HEAD_BYTES,
    MAX_PIXELS,
    CutShortError,
    Header,
    ImageError,
    Picture,
    decode_header,
    decode_picture,
    decode_thumbnail,
    read_bytes,
)


class Store(ABC):
    """Reads images by their keys, on any thread; no image of more than `max_pixels`.

    Stores that mean the same place are equal, and can be sent to other processes. Every method
    raises `ImageError` for an image that is gone or cannot be read.
    """

    root: Path
    max_pixels: int

    @abstractmethod
    def data(self, key: str, limit: int = -1) -> bytes:
        """Return the image's file as it is, or its first `limit` bytes; of bare pixels, a PNG."""

    def content(self, key: str) -> bytes:
        """Return the bytes that tell the image from another: its file, or of bare pixels these."""
        return self.data(key)

    def decode(self, key: str, content: bytes) -> Picture:
        """Return the image that such bytes are."""
        return decode_picture(self.place(key), content, max_pixels=self.max_pixels)

    def as_file(self, key: str, content: bytes) -> bytes:
        """Return the file that such bytes are, or are put into."""
        return content

    @abstractmethod
    def stamp(self, key: str) -> Hashable:
        """Return what differs as soon as the image may be another one than before."""

    @abstractmethod
    def container(self, key: str) -> Path:
        """Return the file on the disk that holds the image."""

    def real_name(self, key: str) -> str:
        """Return the image's path below the root as its system knows it; mostly the key."""
        return key

    def place(self, key: str) -> Path:
        """Return the image's name as people know it, below the root."""
        return self.root / key

    def mask_key(self, key: str) -> str:
        """Return the key of the mask file beside the image, "" where there is none.

        It can be read as an image, and has a stamp.
        """
        return ""

    def header(self, key: str) -> Header:
        """Return what the image's header tells, without decoding."""
        place = self.place(key)
        try:
            return decode_header(place, self.data(key, HEAD_BYTES), max_pixels=self.max_pixels)
        except CutShortError:
            pass
        try:
            return decode_header(place, self.data(key), max_pixels=self.max_pixels)
        except CutShortError as error:
            raise ImageError(place, str(error)) from error

    def read(self, key: str) -> Picture:
        """Return the image, upright and as it should be seen."""
        return self.decode(key, self.content(key))

    def thumbnail(self, key: str, size: int) -> Image:
        """Return the image as uint8, shrunk to fit `size` × `size`."""
        data = self.data(key)
        return decode_thumbnail(self.place(key), data, size, max_pixels=self.max_pixels)


@dataclass(frozen=True)
class FolderStore(Store):
    """Files below a folder. `names` holds the real path of each key that is not its own.

    Keys of mask files are among them.
    """

    root: Path
    max_pixels: int = MAX_PIXELS
    names: dict[str, str] = field(default_factory=dict, hash=False)

    def data(self, key: str, limit: int = -1) -> bytes:
        try:
            return read_bytes(self.container(key), limit)
        except ImageError as error:
            raise ImageError(self.place(key), error.reason) from error

    def stamp(self, key: str) -> Hashable:
        path = self.container(key)
        try:
            stat = path.stat()
        except OSError:
            raise ImageError(self.place(key), "no longer exists") from None
        # A copy may keep the time and have the same size.
        return (path, stat.st_ino, stat.st_ctime_ns, stat.st_mtime_ns, stat.st_size)

    def container(self, key: str) -> Path:
        return self.root / self.real_name(key)

    def real_name(self, key: str) -> str:
        return self.names.get(key, key)

    def mask_key(self, key: str) -> str:
        names = zip(mask_names(key), mask_names(self.real_name(key)), strict=True)
        files = ((mask, f"{self.root}/{name}") for mask, name in names)
        return next((mask for mask, file in files if isfile(file)), "")  # noqa: PTH113
