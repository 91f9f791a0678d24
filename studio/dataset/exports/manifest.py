"""The record of an export: a header line, a line for each file, and at the end one that says so."""

from typing import Any

import msgspec
from msgspec import Struct

from studio.augment.plan import Plan
from studio.dataset.export_mark import MANIFEST, PROGRAM

__all__ = [
    "HASH",
    "MANIFEST",
    "PROGRAM",
    "End",
    "Entry",
    "Header",
    "Line",
    "decode_end",
    "decode_header",
    "encode_line",
    "read_manifest",
]

HASH = "sha256"
"""The kind of all hashes, in the words of `hashlib`; where processors know it, the fastest."""


class Header(Struct, frozen=True):
    """What an export was made of and with, so that nothing else is mixed in when it is resumed.

    `source` is the data set's folder or archive, `libraries` the versions of those that have a say
    in pixels, `files` how many there are to be. `images` holds the split and class of every image,
    `names` the path, percent-encoded, of each whose own is no valid UTF-8.
    """

    program: str
    version: str
    libraries: dict[str, str]
    hash: str
    source: str
    max_pixels: int
    recipe: dict[str, Any]
    seed: int
    options: dict[str, Any]
    files: int
    images: dict[str, tuple[str, str]]
    names: dict[str, str] = {}


class Line(Struct, frozen=True):
    """What a line says of its file, and of the bytes it was made from, apart from the plan.

    `partners` holds the hash of everything else: images that were mixed in, the mask file that
    told what is missing, and the mean of a class.
    """

    output: str
    source: str
    variant: int
    size: int
    hash: str
    source_hash: str
    partners: dict[str, str] = {}


class Entry(Struct, frozen=True, omit_defaults=True):
    """One written file: `variant` 0 and no plan for a copied original.

    `labels` says how much of which class is in a file that was mixed; no labels: all of its own.
    """

    output: str
    source: str
    variant: int
    plan: Plan | None
    size: int
    hash: str
    source_hash: str
    labels: dict[str, float] = {}
    partners: dict[str, str] = {}


class End(Struct, frozen=True, omit_defaults=True):
    """The last line of an export that was finished: what there is, and which images failed.

    `undone` says that it was removed, but for files that had changed.
    """

    finished: bool
    files: int
    bytes: int
    skipped: dict[str, str] = {}
    undone: bool = False


_END = b'{"finished":'


def encode_line(record: Header | Entry | End) -> bytes:
    """Return one line of the manifest."""
    return msgspec.json.encode(record) + b"\n"


def decode_header(line: bytes) -> Header:
    """Return what the first line holds; msgspec.DecodeError where it is none of ours."""
    header = msgspec.json.decode(line, type=Header)
    if header.program != PROGRAM or header.hash != HASH:
        raise msgspec.ValidationError("is the header of something else")
    return header


def decode_end(line: bytes) -> End | None:
    """Return what the last line says, or None where it is about a file or damaged."""
    if not line.startswith(_END):
        return None
    try:
        return msgspec.json.decode(line, type=End)
    except msgspec.DecodeError:
        return None


def read_manifest(data: bytes) -> tuple[Header, list[Entry]]:
    """Return a manifest's header and entries; msgspec.DecodeError where a line is none."""
    first, *rest = data.split(b"\n")[:-1]
    if rest and decode_end(rest[-1]):
        rest.pop()
    decoder = msgspec.json.Decoder(Entry)
    return decode_header(first), [decoder.decode(line) for line in rest]
