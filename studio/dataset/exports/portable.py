"""Names that Linux, macOS and Windows all take, and when those systems take two for the same."""

import re
import unicodedata

LONGEST_NAME = 255
"""In bytes of UTF-8, which is never fewer than UTF-16 has units."""

_LONGEST_SUFFIX = 16
_FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]')
_SUSPECT = re.compile(rf"{_FORBIDDEN.pattern}|[. ]\Z|\A(\Z|con|prn|aux|nul|com|lpt)", re.I)
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {port + digit for port in ("COM", "LPT") for digit in "123456789¹²³"}
)
_UNSEEN = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070)])
_UNSEEN[0xFEFF] = None


def mend_name(name: str) -> str:
    """Return the name, or the like of it that the three systems take.

    Characters that one of them forbids, and dots and spaces at the end, become `_`; a name that
    Windows keeps for a device gets one (`aux.jpg`: `aux_.jpg`); a name too long is cut.
    """
    # Nearly all names are plain, and there may be a million.
    if len(name) * 4 <= LONGEST_NAME and not _SUSPECT.search(name):
        return name
    name = fit_path(*split_path(_FORBIDDEN.sub("_", name)))
    kept = name.rstrip(". ")
    name = kept + "_" * max(len(name) - len(kept), not name)
    device, dot, rest = name.partition(".")
    if device.rstrip(" ").upper() in _DEVICES:
        name = f"{_shorten(device, LONGEST_NAME - 1 - len((dot + rest).encode()))}_{dot}{rest}"
    return name


def split_path(path: str) -> tuple[str, str]:
    """Return a path without its suffix, and the suffix (with its dot, may be empty)."""
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    if stem and len(suffix.encode()) <= _LONGEST_SUFFIX:
        return folder + slash + stem, dot + suffix
    return path, ""


def fit_path(path: str, tail: str, longest: int = LONGEST_NAME) -> str:
    """Return the path with `tail` at its end, its last name cut to so many bytes with it."""
    # A character has four bytes at most.
    if (len(path) + len(tail)) * 4 <= longest:
        return path + tail
    folder, slash, name = path.rpartition("/")
    return folder + slash + _shorten(name, longest - len(tail.encode())) + tail


def fold_name(name: str) -> str:
    """Return what two names have in common where a file system takes them for the same.

    That goes by Unicode's case folding, by upper case, and by canonical equivalence together, and
    passes over the characters that HFS+ does not compare.
    """
    if name.isascii():
        return name.lower()
    plain = unicodedata.normalize("NFD", name.translate(_UNSEEN)).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", plain.upper()).casefold())


def _shorten(name: str, most: int) -> str:
    return name if len(name.encode()) <= most else name.encode()[:most].decode(errors="ignore")
