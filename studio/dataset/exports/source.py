"""An image of the data set as an export takes it: pixels, what they come from, and its hash."""

from typing import NamedTuple

from studio.augment.image import Image
from studio.dataset.exports.outputs import hash_bytes
from studio.dataset.store import Store


class Loaded(NamedTuple):
    """Pixels, and the very bytes they were decoded from, which may be pixels themselves."""

    image: Image
    content: bytes
    hash: str


def load_source(store: Store, key: str) -> Loaded:
    """Return an image, read once; ImageError where it cannot be."""
    content = store.content(key)
    return Loaded(store.decode(key, content).pixels, content, hash_bytes(content))
