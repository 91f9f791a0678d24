"""The badge of a tile: what share of its image is missing."""

from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter

from studio.qt.theme import tokens

BADGE_ROLE = int(Qt.ItemDataRole.UserRole) + 5
"""A `Badge`, None for most images."""

_PADDING = 5
_HEIGHT = 16
_MARGIN = 4
_RADIUS = 4


class Badge(NamedTuple):
    """A few letters; `is_grave` where an image is of no use, `is_unsure` where nobody can tell."""

    text: str
    is_grave: bool = False
    is_unsure: bool = False


def paint_badge(painter: QPainter, box: QRect, badge: Badge) -> None:
    """Paint a badge at the bottom left of a tile's picture."""
    colours = tokens()
    font = QFont(painter.font())
    font.setPixelSize(11)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance(badge.text) + 2 * _PADDING
    pill = QRect(QPoint(), QSize(max(width, _HEIGHT), _HEIGHT))
    pill.moveBottomLeft(box.bottomLeft() + QPoint(_MARGIN, -_MARGIN))
    text = colours.warning if badge.is_unsure else colours.text
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.danger if badge.is_grave else colours.panel)
    painter.drawRoundedRect(pill, _RADIUS, _RADIUS)
    painter.setPen(colours.panel if badge.is_grave else text)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, badge.text)
