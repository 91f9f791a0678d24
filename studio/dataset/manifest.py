"""The record of an export: one header line, then one line per file, so that each can be remade."""

from typing import Any

import msgspec
from msgspec import Struct

from studio.augment.plan import Plan

MANIFEST = "manifest.jsonl"
PROGRAM = "augmentation-studio"


class Header(Struct, frozen=True):
    """What an export was made of and with. `source` is the data set's folder."""

    program: str
    version: str
    recipe: dict[str, Any]
    seed: int
    source: str
    copies: int
    format: str
    quality: int


class Entry(Struct, frozen=True, omit_defaults=True):
    """One written file: `variant` 0 and no plan for a copied original.

    `labels` says how much of which class is in a file that was mixed; no labels: all of its own.
    """

    output: str
    source: str
    variant: int
    plan: Plan | None
    labels: dict[str, float] = {}


def encode_line(record: Header | Entry) -> bytes:
    """Return one line of the manifest."""
    return msgspec.json.encode(record) + b"\n"


def read_manifest(data: bytes) -> tuple[Header, list[Entry]]:
    """Return a manifest's header and entries; msgspec.DecodeError where a line is none."""
    first, *rest = data.splitlines()
    decoder = msgspec.json.Decoder(Entry)
    return msgspec.json.decode(first, type=Header), [decoder.decode(line) for line in rest]
