"""Colours told by number (ITU-T H.273), as PNG's cICP and AVIF's nclx do."""

_PRIMARIES = {4: "BT.470", 5: "BT.601", 6: "BT.601", 9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}
_TRANSFERS = {8: "linear", 16: "PQ", 18: "HLG"}
# Unspecified counts as sRGB; so do the curves of BT.709 and its like, as in all viewers.
_LIKE_SRGB = (1, 2)
_CURVES_LIKE_SRGB = (1, 2, 4, 6, 13, 14, 15)


def find_notice(primaries: int, transfer: int) -> str:
    """Return a phrase that says how the colours differ from sRGB, or ""."""
    parts = []
    if primaries not in _LIKE_SRGB:
        parts.append(f"{_PRIMARIES.get(primaries, 'unusual')} colours")
    if transfer not in _CURVES_LIKE_SRGB:
        parts.append(f"{_TRANSFERS.get(transfer, 'unusual')} brightness")
    return f"has {' and '.join(parts)}, shown as if they were sRGB" if parts else ""
