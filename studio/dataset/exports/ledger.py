"""A target's manifest as it is on the disk: read with whatever a power cut did to it, replaced."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from studio.dataset.atomic_file import write_atomic
from studio.dataset.exports.manifest import MANIFEST, End, Header, Line, decode_end, decode_header
from studio.errors import UserError

_DECODER = msgspec.json.Decoder(Line)


class Ledger(NamedTuple):
    """A manifest, line by line; each with the newline at its end.

    `rest` is what follows the last newline. `lines` are those of files, sound or damaged.
    """

    header: Header
    first: bytes
    lines: list[bytes]
    end: End | None
    rest: bytes


def load_ledger(out: Path) -> Ledger:
    """Return the manifest of a target; UserError where there is none of ours that can be read."""
    path = out / MANIFEST
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{out}: holds no export", "There is no manifest in it.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{path}: cannot be read: {reason}") from None
    first, *lines = data.splitlines(keepends=True) or [b""]
    try:
        header = decode_header(first)
    except msgspec.DecodeError:
        hint = "Another program or version wrote it, or it is damaged."
        raise UserError(f"{path}: is no manifest that this program can read", hint) from None
    rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
    end = decode_end(lines[-1]) if lines and not rest else None
    return Ledger(header, first, lines[:-1] if end else lines, end, rest)


def decode_line(line: bytes) -> Line | None:
    """Return what is said of a file, or None where the line is damaged."""
    try:
        return _DECODER.decode(line)
    except msgspec.DecodeError:
        return None


def rewrite(out: Path, lines: Iterable[bytes]) -> None:
    """Replace the manifest as a whole; OSError leaves the one that was there."""
    write_atomic(out / MANIFEST, b"".join(lines), sync=True)
