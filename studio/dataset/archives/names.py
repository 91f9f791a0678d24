"""Names inside archives, which may be anything: which are taken, and what they are called here."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from studio.dataset.splits import SPLITS

ARCHIVE_SUFFIXES = (
    ".zip",
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz2",
    ".tar.xz",
    ".txz",
    ".npz",
    ".npy",
    ".gz",
)
_IDX = re.compile(r"idx\d-ubyte$", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
_LONGEST = 255
_SURELY_SHORT = _LONGEST // 4


def is_archive(path: Path) -> bool:
    """Tell, by its name, whether a file can be opened as a data set."""
    name = path.name.lower()
    return name.endswith(ARCHIVE_SUFFIXES) or bool(_IDX.search(name))


def data_set_name(root: Path) -> str:
    """Return the name of a folder, or of an archive without its suffix."""
    name = root.name
    suffixes = [each for each in ARCHIVE_SUFFIXES if name.lower().endswith(each)]
    is_file = suffixes and root.is_file()
    return name[: -len(max(suffixes, key=len))] or name if is_file else name


def find_fault(name: str) -> str:
    """Return why an entry of this name is not taken, as a phrase, or "". Nothing is ever written
    by these names; but one that leads out of its archive is no honest mistake.
    """
    pieces = name.replace("\\", "/").split("/")
    if "\0" in name:
        return "has a zero byte in its name"
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        return "has an absolute path for a name"
    if ".." in pieces:
        return "has a name that leads out of the archive"
    if len(name) > _SURELY_SHORT and any(
        len(piece.encode(errors="surrogateescape")) > _LONGEST for piece in pieces
    ):
        return "has a name that is too long"
    return ""


def _length(piece: str) -> int:
    return len(piece.encode(errors="surrogateescape"))


def plain_key(name: str) -> str:
    """Return the name of an entry without `.` and empty pieces."""
    is_plain = "//" not in name and "./" not in name and name[-1:] != "/"
    return name if is_plain else str(PurePosixPath(name))


def find_common_folder(keys: Iterable[str]) -> str:
    """Return the folders, with a `/` at the end, that are above all class folders of an archive.

    Many archives hold one folder with everything in it. What stays is a class, a split or a file.
    """
    rest = [key.split("/") for key in keys]
    common = ""
    while rest and len({pieces[0] for pieces in rest}) == 1:
        if min(map(len, rest)) < 3 or rest[0][0].casefold() in SPLITS:
            break
        common += rest[0][0] + "/"
        rest = [pieces[1:] for pieces in rest]
    return common


def plain_class(name: str) -> str:
    """Return a class's name as that of a folder: no separators or control characters."""
    kept = "".join("_" if c in "/\\" or unicodedata.category(c)[0] == "C" else c for c in name)
    kept = kept.strip()[:80]
    return "_" + kept.lstrip(".") if kept.startswith(".") or not kept else kept
