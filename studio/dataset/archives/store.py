"""The store of an archive: its images, read in place, as long as the archive is the same."""

from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TypeVar

from studio.augment.image import Image
from studio.dataset.archives.contents import Contents
from studio.dataset.archives.opening import Opened, open_archive, open_arrays
from studio.dataset.archives.region import ArchiveError, Loan
from studio.dataset.reading.image_file import MAX_PIXELS, Header, ImageError, Picture, encode_image
from studio.dataset.reading.pixels import fit_inside, shrink, to_8_bit
from studio.dataset.store import Store
from studio.dataset.walk import Problem
from studio.errors import UserError

_Result = TypeVar("_Result")
_Version = tuple[int, int]
_REOPENING = Lock()


@dataclass(frozen=True)
class ArchiveStore(Store):
    """Images in an archive or in arrays, in a file or in files of a folder.

    Another process opens it once more by itself, and takes over what was unpacked where it can.
    """

    root: Path
    versions: tuple[tuple[Path, _Version], ...]
    max_pixels: int = MAX_PIXELS
    loan: Loan | None = field(default=None, compare=False)
    contents: Contents | None = field(default=None, compare=False, repr=False)

    def keys(self) -> Sequence[str]:
        """Return the keys of all images."""
        return self._contents("").keys()

    def data(self, key: str, limit: int = -1) -> bytes:
        return self._take(key, lambda contents: contents.data(key, limit))

    def stamp(self, key: str) -> Hashable:
        path, _ = self._container(key)
        return path, *self._find_version(key, path)

    def container(self, key: str) -> Path:
        return self._container(key)[0]

    def header(self, key: str) -> Header:
        return self._take(key, lambda contents: contents.header(key)) or super().header(key)

    def content(self, key: str) -> bytes:
        return self._take(key, lambda contents: contents.content(key))

    def decode(self, key: str, content: bytes) -> Picture:
        header = self._known_header(key)
        if header is None:
            return super().decode(key, content)
        contents = self._contents(key)
        pixels = contents.decode(key, content)
        assert pixels is not None
        return Picture(pixels, header.notices, contents.values(key, content))

    def mask_key(self, key: str) -> str:
        return self._take(key, lambda contents: contents.mask_key(key))

    def as_file(self, key: str, content: bytes) -> bytes:
        if self._known_header(key) is None:
            return content
        return encode_image(self.decode(key, content).pixels, "png", 100)

    def thumbnail(self, key: str, size: int) -> Image:
        if self._known_header(key) is None:
            return super().thumbnail(key, size)
        pixels = self.read(key).pixels
        height, width = pixels.shape[:2]
        return to_8_bit(shrink(pixels, fit_inside(width, height, size)))

    def _known_header(self, key: str) -> Header | None:
        header = self._take(key, lambda contents: contents.header(key))
        if header and header.width * header.height > self.max_pixels:
            size, limit = f"{header.width}×{header.height}", f"{self.max_pixels / 1e6:g} megapixels"
            raise ImageError(self.place(key), f"is {size} pixels, more than the limit of {limit}")
        return header

    def _take(self, key: str, take: Callable[[Contents], _Result]) -> _Result:
        contents = self._contents(key)
        fault: Exception | None = None
        try:
            result = take(contents)
        except (ArchiveError, OSError) as error:
            fault = error
        # Looked at afterwards, so that nothing is returned that may have been overwritten.
        path, version = self._container(key)
        if self._find_version(key, path) != version:
            raise ImageError(
                self.place(key), f"is in {path.name}, which has changed since it was opened"
            ) from fault
        if isinstance(fault, ArchiveError):
            raise ImageError(self.place(key), fault.reason) from fault
        if fault is not None:
            reason = (getattr(fault, "strerror", None) or str(fault)).lower()
            raise ImageError(self.place(key), f"cannot be read: {reason}") from fault
        return result

    def _find_version(self, key: str, path: Path) -> _Version:
        try:
            return _version_of(path)
        except OSError:
            reason = f"is in {path.name}, which no longer exists"
            raise ImageError(self.place(key), reason) from None

    def _container(self, key: str) -> tuple[Path, _Version]:
        if len(self.versions) == 1:
            return self.versions[0]
        path = self._contents(key).container(key)
        return path, dict(self.versions)[path]

    def _contents(self, key: str) -> Contents:
        if self.contents is not None:
            return self.contents
        try:
            with _REOPENING:
                contents = _reopen(self.root, self.versions, self.loan)
            object.__setattr__(self, "contents", contents)
            return contents
        except FileNotFoundError:
            reason = "no longer exists"
        except OSError as error:
            reason = f"cannot be read: {(error.strerror or str(error)).lower()}"
        except ArchiveError as error:
            reason = error.reason
        raise ImageError(self.place(key), f"is in {self.root.name}, which {reason}")

    def __reduce__(self) -> tuple[type["ArchiveStore"], tuple[object, ...]]:
        loan = (self.contents.lend() if self.contents else None) or self.loan
        return type(self), (self.root, self.versions, self.max_pixels, loan)


def open_store(
    root: Path,
) -> Generator[int, None, tuple[ArchiveStore, tuple[Problem, ...]] | None]:
    """Return the store of an archive or of a folder of arrays, None for what is neither.

    Yields how many images were found so far. UserError names the file and what is wrong with it.
    """
    try:
        before = {path: _version_of(path) for path in _files_at(root)}
        opened = yield from _open(root, None)
        if opened is None:
            return None
        versions = tuple((path, _version_of(path)) for path in opened.contents.files())
        if any(before.get(path, version) != version for path, version in versions):
            raise ArchiveError("changed while it was opened")
    except ArchiveError as error:
        # Names in archives may have line ends.
        reason = " ".join(f"{error.name} {error.reason}".split())
        raise UserError(f"{root}: {reason}") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{root}: cannot be read: {reason}") from error
    return ArchiveStore(root, versions, contents=opened.contents), opened.problems


def _open(root: Path, loan: Loan | None) -> Generator[int, None, Opened | None]:
    return (yield from open_arrays(root) if root.is_dir() else open_archive(root, loan))


def _files_at(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.is_file()] if root.is_dir() else [root]


def _version_of(path: Path) -> _Version:
    about = path.stat()
    return about.st_mtime_ns, about.st_size


@lru_cache(maxsize=1)
def _reopen(root: Path, versions: tuple[tuple[Path, _Version], ...], loan: Loan | None) -> Contents:
    if any(_version_of(path) != version for path, version in versions):
        raise ArchiveError("has changed since it was opened")
    steps = _open(root, loan)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            opened: Opened | None = end.value
            if opened is None:
                raise ArchiveError("is no archive any more") from None
            return opened.contents
