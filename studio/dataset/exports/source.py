"""An image of the data set as an export takes it: pixels, what they come from, and its hash."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.augment.image import Image
from studio.augment.missing.rules import MissingRule
from studio.dataset.hashes import hash_bytes
from studio.dataset.missing.finding import FoundImage, describe_fault, find_in, require_known
from studio.dataset.reading.image_file import ImageError, Picture
from studio.dataset.store import Store


@dataclass
class Loaded:
    """An image, and the very bytes it was decoded from, which may be pixels themselves."""

    store: Store
    key: str
    picture: Picture
    content: bytes
    hash: str
    _found: tuple[Sequence[MissingRule], FoundImage] | None = None

    @property
    def image(self) -> Image:
        return self.picture.pixels

    def find_missing(self, rules: Sequence[MissingRule]) -> FoundImage:
        """Return what these rules find, looked for once.

        `ImageError`, which names the image, where its mask file cannot be used, or nothing of the
        image is known.
        """
        if self._found is None or self._found[0] != rules:
            try:
                self._found = (rules, find_in(self.store, self.key, self.picture, rules))
            except ImageError as error:
                reason = describe_fault(self.store, self.key, error)
                raise ImageError(self.store.place(self.key), reason) from error
        found = self._found[1]
        require_known(self.store.place(self.key), found.missing)
        return found


def load_source(store: Store, key: str) -> Loaded:
    """Return an image, read once; ImageError where it cannot be."""
    content = store.content(key)
    return Loaded(store, key, store.decode(key, content), content, hash_bytes(content))
