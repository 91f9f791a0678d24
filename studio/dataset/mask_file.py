"""Mask files: pictures beside images that show which of their pixels are missing, by name."""

from collections.abc import Iterator, Sequence

MASK_SUFFIXES = (".png", ".tif", ".tiff", ".bmp", ".webp")
_MARK = ".mask"
_ENDS = tuple(f"{_MARK}{suffix}" for suffix in MASK_SUFFIXES)


def mask_names(name: str) -> Iterator[str]:
    """Yield what the mask file of an image of this path may be called; the first there is counts.

    That of `cats/7.jpg` is `cats/7.mask.png`.
    """
    stem = name.rpartition(".")[0]
    return (f"{stem}{end}" for end in _ENDS)


def leave_out_masks(keys: Sequence[str]) -> list[str]:
    """Return the keys without those of mask files beside an image among them."""
    masks = {key for key in keys if ".mask." in key and key.endswith(_ENDS)}
    if not masks:
        return list(keys)
    stems = {_stem(key) for key in keys}
    masks = {key for key in masks if _stem(key).removesuffix(_MARK) in stems}
    return [key for key in keys if key not in masks]


def _stem(key: str) -> str:
    return key.rpartition(".")[0]
