"""An image of the data set as an export takes it: pixels, file and the hash of that file."""

from typing import NamedTuple

from studio.augment.image import Image
from studio.dataset.image_file import decode_picture
from studio.dataset.outputs import hash_bytes
from studio.dataset.store import Store


class Loaded(NamedTuple):
    """Pixels, and the very bytes they were decoded from."""

    image: Image
    data: bytes
    hash: str


def load_source(store: Store, key: str) -> Loaded:
    """Return an image, read once; ImageError where it cannot be."""
    data = store.data(key)
    picture = decode_picture(store.place(key), data, max_pixels=store.max_pixels)
    return Loaded(picture.pixels, data, hash_bytes(data))
