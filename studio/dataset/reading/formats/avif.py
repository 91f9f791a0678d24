"""AVIF: the boxes that describe its primary picture, or the first of a sequence.

https://aomediacodec.github.io/av1-avif/; ISO/IEC 23008-12 (HEIF). There, EXIF's orientation does
not count; `irot` and `imir` do.
"""

from typing import NamedTuple

from studio.dataset.reading.formats import code_points
from studio.dataset.reading.formats.boxes import Box, find_boxes, need_box, unpack
from studio.dataset.reading.formats.facts import (
    ANIMATED,
    NO_SIZE,
    Facts,
    UnreadableError,
    check_size,
)
from studio.dataset.reading.formats.items import find_primary

_UPRIGHT_MATRIX = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
_HARMLESS = frozenset(
    b"ispe pixi pasp colr av1C auxC a1op a1lx lsel clli mdcv cclv amve rloc irot imir".split()
)
# What turns (counter-clockwise, in quarters) followed by mirroring come to, as EXIF counts.
_TURNED = {0: 1, 1: 8, 2: 3, 3: 6}
_TURNED_AND_FLIPPED = {0: 4, 1: 5, 2: 2, 3: 7}  # axis 0: top and bottom change places
_TURNED_AND_MIRRORED = {0: 2, 1: 7, 2: 4, 3: 5}  # axis 1: left and right do


class _Coding(NamedTuple):
    bits: int
    grey: bool


def is_avif(data: bytes) -> bool:
    """Whether the first bytes are those of an AVIF picture or sequence, among other brands."""
    length = int.from_bytes(data[:4])
    return data[4:8] == b"ftyp" and any(
        data[at : at + 4] in (b"avif", b"avis") for at in (8, *range(16, min(length, 256), 4))
    )


def describe(data: bytes, max_pixels: int) -> Facts:
    """Return the facts of an AVIF; `CutShortError` where its boxes go on after the data.

    `UnreadableError` for what would be shown otherwise than it is meant.
    """
    if data[8:12] == b"avis":
        return _describe_sequence(data, max_pixels)
    meta = need_box(data, b"meta")
    primary = find_primary(data, meta)
    boxes = {box.name: box for box, _ in reversed(primary.properties)}
    if b"ispe" not in boxes:
        raise UnreadableError(NO_SIZE)
    width, height = unpack("II", data, boxes[b"ispe"], 4)
    check_size(width, height, max_pixels)
    for box, essential in primary.properties:
        if box.name == b"clap":
            raise UnreadableError("shows a part of its picture only, which is not supported")
        if essential and box.name not in _HARMLESS:
            name = box.name.decode("latin-1")
            raise UnreadableError(f"asks for “{name}”, which is not supported in AVIF")
    # A picture put together from tiles has no coding of its own; its tiles share one.
    coding = boxes.get(b"av1C") or next(
        (box for box in primary.all_properties if box.name == b"av1C"), None
    )
    if coding is None:
        raise UnreadableError("is not coded as AV1; of this family, only AVIF is supported")
    colours = [box for box, _ in primary.properties if box.name == b"colr"]
    has_alpha = any(_is_alpha(data, box) for box in primary.all_properties)
    turns = [box for box, _ in primary.properties if box.name in (b"irot", b"imir")]
    orientation = _find_orientation(data, turns)
    return _make_facts(data, (width, height), coding, colours, has_alpha, orientation, ())


def _describe_sequence(data: bytes, max_pixels: int) -> Facts:
    for track in find_boxes(*_span(data, need_box(data, b"moov"))):
        if track.name == b"trak" and _handler(data, track) == b"pict":
            break
    else:
        raise UnreadableError(NO_SIZE)
    header = need_box(data, b"tkhd", track)
    (version,) = unpack("B", data, header)
    matrix = unpack("9i", data, header, 52 if version == 1 else 40)
    width, height = unpack("II", data, header, 88 if version == 1 else 76)
    width, height = width >> 16, height >> 16
    check_size(width, height, max_pixels)
    if matrix != _UPRIGHT_MATRIX:
        raise UnreadableError("is a turned AVIF sequence, which is not supported")
    table = _descend(data, track, b"mdia", b"minf", b"stbl", b"stsd")
    entry = need_box(data, b"av01", table, 8)
    parts = list(find_boxes(data, min(entry.start + 78, entry.end), entry.end))
    for box in parts:
        if box.name in (b"clap", b"irot", b"imir"):
            raise UnreadableError("is a turned or cut AVIF sequence, which is not supported")
    coding = next((box for box in parts if box.name == b"av1C"), None)
    if coding is None:
        raise UnreadableError(NO_SIZE)
    colours = [box for box in parts if box.name == b"colr"]
    moov = need_box(data, b"moov")
    tracks = [box for box in find_boxes(*_span(data, moov)) if box.name == b"trak"]
    has_alpha = any(_handler(data, box) == b"auxv" for box in tracks)
    return _make_facts(data, (width, height), coding, colours, has_alpha, 1, (ANIMATED,))


def _span(data: bytes, box: Box) -> tuple[bytes, int, int]:
    return data, box.start, box.end


def _descend(data: bytes, box: Box, *names: bytes) -> Box:
    for name in names:
        box = need_box(data, name, box)
    return box


def _handler(data: bytes, track: Box) -> bytes:
    box = _descend(data, track, b"mdia", b"hdlr")
    return data[box.start + 8 : min(box.start + 12, box.end)]


def _make_facts(
    data: bytes,
    size: tuple[int, int],
    coding_box: Box,
    colours: list[Box],
    has_alpha: bool,
    orientation: int,
    notices: tuple[str, ...],
) -> Facts:
    coding = _read_coding(data, coding_box)
    profile, is_full, notice = b"", False, ""
    for box in colours:
        kind = data[box.start : box.start + 4]
        if kind in (b"prof", b"rICC"):
            profile = data[box.start + 4 : box.end] or b"?"
        elif kind == b"nclx":
            primaries, transfer, _, full = unpack("HHHB", data, box, 4)
            is_full = bool(full & 0x80)
            notice = code_points.find_notice(primaries, transfer)
    # OpenCV passes grey levels on as they are coded, and knows no alpha beside grey.
    needs_pillow = coding.grey and (has_alpha or not is_full)
    if needs_pillow and coding.bits > 8:
        what = "alpha" if has_alpha else "not all levels"
        raise UnreadableError(f"has {coding.bits}-bit grey with {what}, which is not supported")
    return Facts(
        "avif",
        *size,
        colours="grey" if coding.grey else "rgb",
        bits=coding.bits,
        orientation=orientation,
        profile=profile,
        decoder="pillow" if needs_pillow else "opencv",
        notices=(*notices, notice) if notice and not profile else notices,
    )


def _read_coding(data: bytes, box: Box) -> _Coding:
    _, _, flags = unpack("BBB", data, box)
    bits = 8 if not flags & 0x40 else 12 if flags & 0x20 else 10
    return _Coding(bits, bool(flags & 0x10))


def _is_alpha(data: bytes, box: Box) -> bool:
    return box.name == b"auxC" and data[box.start + 4 : box.end].startswith(_ALPHA)


def _find_orientation(data: bytes, turns: list[Box]) -> int:
    if len(turns) > 2 or len({box.name for box in turns}) < len(turns):
        raise UnreadableError("is turned several times over, which is not supported")
    angle, table = 0, _TURNED
    for place, box in enumerate(turns):
        (value,) = unpack("B", data, box)
        if box.name == b"imir":
            table = _TURNED_AND_MIRRORED if value & 1 else _TURNED_AND_FLIPPED
        else:
            # After a mirroring, a turn comes to the same as the opposite one before it.
            angle = -value % 4 if place else value & 3
    return table[angle]
