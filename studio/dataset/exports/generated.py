"""The list of generated images in a folder, alone or beside an export.

`generated.jsonl` has a line for each file, and before those that were made together one that says
with what.
"""

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from studio.dataset.atomic_file import write_atomic
from studio.dataset.export_mark import GENERATED, PROGRAM
from studio.dataset.exports.manifest import HASH
from studio.dataset.exports.provenance import library_versions
from studio.errors import UserError


class GeneratedHeader(Struct, frozen=True):
    """What the images of the lines that follow were made with.

    `run` is the run's folder, `checkpoint` the file in it and `checkpoint_hash` that of its bytes,
    `config` what the run was asked for. With the same versions of `libraries` each image can be
    made again.
    """

    program: str
    version: str
    libraries: dict[str, str]
    hash: str
    run: str
    checkpoint: str
    checkpoint_hash: str
    config: dict[str, Any]
    classes: tuple[str, ...]


class GeneratedLine(Struct, frozen=True, rename={"class_name": "class"}):
    """One generated image: see `studio.gan.samples` for what makes it.

    `twin` is the training image that it is nearest to, at `twin_distance` in shares of what still
    counts as a copy; "" and None where that is not known.
    """

    output: str
    seed: int
    label: int
    class_name: str
    truncation: float | None
    toward: int | None
    share: float
    size: int
    hash: str
    twin: str = ""
    twin_distance: float | None = None


class Generated(NamedTuple):
    """The list as it is: raw lines, whole ones alone, and what each says.

    `entries` has for every line of `raw` what it says, None where it is damaged.
    """

    raw: list[bytes]
    entries: list[GeneratedHeader | GeneratedLine | None]

    @property
    def size(self) -> int:
        """Return how many bytes of the file are whole lines."""
        return sum(map(len, self.raw))

    def files(self) -> list[tuple[GeneratedHeader | None, GeneratedLine | None]]:
        """Return for each file's line what it was made with and what it says."""
        header: GeneratedHeader | None = None
        found: list[tuple[GeneratedHeader | None, GeneratedLine | None]] = []
        for entry in self.entries:
            if isinstance(entry, GeneratedHeader):
                header = entry
            else:
                found.append((header, entry))
        return found


_MAKERS = {"TensorFlow": "tensorflow", "Keras": "keras"}


def generator_versions() -> dict[str, str]:
    """Return the versions of the libraries that generated pixels depend on, by their names."""
    found: dict[str, str] = {}
    for name, package in _MAKERS.items():
        # Builds for other devices go by other names.
        with suppress(PackageNotFoundError):
            found[name] = version(package)
    return found | library_versions()


_HEADER = b'{"program":'
_HEADERS = msgspec.json.Decoder(GeneratedHeader)
_LINES = msgspec.json.Decoder(GeneratedLine)


def load_generated(out: Path) -> Generated | None:
    """Return the list of a folder, None where there is none; UserError where it is not ours."""
    path = out / GENERATED
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{path}: cannot be read: {reason}") from None
    # Half a line is what a power cut leaves.
    raw = [line for line in data.splitlines(keepends=True) if line.endswith(b"\n")]
    entries = list(map(_decode, raw))
    first = entries[0] if entries else None
    if not isinstance(first, GeneratedHeader) or (first.program, first.hash) != (PROGRAM, HASH):
        hint = "Another program or version wrote it, or it is damaged."
        raise UserError(f"{path}: is no list that this program can read", hint)
    return Generated(raw, entries)


def encode_generated(record: GeneratedHeader | GeneratedLine) -> bytes:
    """Return one line of the list."""
    return msgspec.json.encode(record) + b"\n"


def keep_lines(out: Path, generated: Generated, kept: set[int]) -> None:
    """Leave only the files' lines of these numbers, and what they were made with; OSError.

    Without any the list goes.
    """
    left: list[bytes] = []
    header, number = b"", 0
    for raw, entry in zip(generated.raw, generated.entries, strict=True):
        if isinstance(entry, GeneratedHeader):
            header = raw
            continue
        if number in kept:
            left += [header, raw]
            header = b""
        number += 1
    if left:
        write_atomic(out / GENERATED, b"".join(left), sync=True)
    else:
        (out / GENERATED).unlink()


def _decode(raw: bytes) -> GeneratedHeader | GeneratedLine | None:
    try:
        return (_HEADERS if raw.startswith(_HEADER) else _LINES).decode(raw)
    except msgspec.DecodeError:
        return None
