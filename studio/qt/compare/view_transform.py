"""Where a picture lies in a pane: fit, zoom and pan. Geometry only, in device pixels."""

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize

MINIMUM_ZOOM = 0.02
MAXIMUM_ZOOM = 32.0
MAXIMUM_FIT = 8
_STOPS = (
    *(0.02, 0.03, 0.05, 0.08, 0.12, 0.17, 0.25, 1 / 3, 0.5, 2 / 3, 1.0),
    *(1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0),
)


def fit_zoom(picture: QSize, pane: QSize, margin: int = 0) -> float:
    """Return the zoom at which the whole picture shows, with `margin` device pixels around it.

    From 2 on it is a whole number, so that enlarged pixels are all of one size, and 8 at most.
    """
    width = max(1, pane.width() - 2 * margin)
    height = max(1, pane.height() - 2 * margin)
    zoom = min(width / max(1, picture.width()), height / max(1, picture.height()))
    return float(min(MAXIMUM_FIT, math.floor(zoom))) if zoom >= 2 else zoom


def next_zoom(zoom: float, direction: int) -> float:
    """Return the next round zoom above (`direction` > 0) or below `zoom`."""
    if direction > 0:
        return next((stop for stop in _STOPS if stop > zoom * 1.001), MAXIMUM_ZOOM)
    return next((stop for stop in reversed(_STOPS) if stop < zoom * 0.999), min(zoom, MINIMUM_ZOOM))


def stop_at_actual_size(before: float, after: float) -> float:
    """Return `after`, or 1 where a continuous zoom would pass over 100 %."""
    return 1.0 if before < 1 < after or after < 1 < before else after


@dataclass(frozen=True)
class Viewport:
    """How large a pane shows pictures: at `zoom`, or where that is None, each as large as fits.

    `pane` and `margin` are in device pixels, `zoom` is device pixels per picture pixel.
    """

    pane: QSize
    margin: int = 0
    zoom: float | None = None

    def zoom_of(self, picture: QSize) -> float:
        """Return the zoom that a picture is shown at."""
        return fit_zoom(picture, self.pane, self.margin) if self.zoom is None else self.zoom

    def needed_scale(self, picture: QSize) -> float:
        """Return how large a proxy must be for the pane, as a share (≤ 1) of the full picture."""
        fit = fit_zoom(picture, self.pane, self.margin)
        shows_all = self.zoom is None or self.zoom <= fit * 1.000001
        return min(1.0, fit) if shows_all else 1.0


@dataclass(frozen=True)
class ViewTransform:
    """How a pane shows a picture.

    `pane` is in device pixels, `picture` and `centre` in image pixels: `centre` is the image
    point in the middle of the pane. `zoom` is device pixels per image pixel.
    A picture smaller than the pane is centred; a larger one leaves no part of the pane empty.
    """

    pane: QSize
    picture: QSize
    zoom: float
    centre: QPointF

    @classmethod
    def fitted(cls, pane: QSize, picture: QSize, margin: int = 0) -> "ViewTransform":
        """Show the whole picture."""
        middle = QPointF(picture.width() / 2, picture.height() / 2)
        return cls(pane, picture, fit_zoom(picture, pane, margin), middle)

    @classmethod
    def at(cls, pane: QSize, picture: QSize, zoom: float, share: QPointF) -> "ViewTransform":
        """Show what is at these shares of the picture's width and height."""
        centre = QPointF(share.x() * picture.width(), share.y() * picture.height())
        return cls(pane, picture, zoom, centre)._clamped()

    @property
    def share(self) -> QPointF:
        """What is in the middle of the pane, in shares of the picture's width and height."""
        return QPointF(
            self.centre.x() / max(1, self.picture.width()),
            self.centre.y() / max(1, self.picture.height()),
        )

    @property
    def from_middle(self) -> QPointF:
        """How far the middle of the pane is from that of the picture, in image pixels."""
        return self.centre - QPointF(self.picture.width() / 2, self.picture.height() / 2)

    @property
    def origin(self) -> QPoint:
        """The picture's top left corner in the pane, on a device pixel's edge."""
        return QPoint(
            math.floor(self.pane.width() / 2 - self.centre.x() * self.zoom + 0.5),
            math.floor(self.pane.height() / 2 - self.centre.y() * self.zoom + 0.5),
        )

    @property
    def room(self) -> tuple[bool, bool]:
        """Whether there is anything to pan to, across and down."""
        return (
            self.picture.width() * self.zoom > self.pane.width() + 0.5,
            self.picture.height() * self.zoom > self.pane.height() + 0.5,
        )

    def to_picture(self, point: QPointF) -> QPointF:
        """Map a point of the pane to image pixels."""
        return (point - QPointF(self.origin)) / self.zoom

    def to_pane(self, point: QPointF) -> QPointF:
        """Map a point in image pixels to the pane."""
        return point * self.zoom + QPointF(self.origin)

    def target(self, size: QSize) -> QRectF:
        """Return where an image of `size` image pixels lies that shares the picture's middle."""
        left = (self.picture.width() - size.width()) // 2
        top = (self.picture.height() - size.height()) // 2
        corner = self.to_pane(QPointF(left, top))
        return QRectF(corner.x(), corner.y(), size.width() * self.zoom, size.height() * self.zoom)

    def zoomed(self, zoom: float, anchor: QPointF) -> "ViewTransform":
        """Change the zoom and keep what is at `anchor`, a point of the pane, where it is."""
        zoom = min(MAXIMUM_ZOOM, max(MINIMUM_ZOOM, zoom))
        from_middle = anchor - QPointF(self.pane.width() / 2, self.pane.height() / 2)
        centre = self.centre + from_middle / self.zoom - from_middle / zoom
        return replace(self, zoom=zoom, centre=centre)._clamped()

    def panned(self, move: QPointF) -> "ViewTransform":
        """Move the picture by a number of device pixels."""
        return replace(self, centre=self.centre - move / self.zoom)._clamped()

    def _clamped(self) -> "ViewTransform":
        x = _clamp(self.centre.x(), self.picture.width(), self.pane.width() / self.zoom)
        y = _clamp(self.centre.y(), self.picture.height(), self.pane.height() / self.zoom)
        return replace(self, centre=QPointF(x, y))


def _clamp(centre: float, picture: float, visible: float) -> float:
    if picture <= visible:
        return picture / 2
    return min(picture - visible / 2, max(visible / 2, centre))


def covers_one_to_one(target: QRectF, image: QSize, slack: float = 1) -> bool:
    """Whether `target` is as large as `image`, but for the rounding of scaled sizes."""
    across, down = target.width() - image.width(), target.height() - image.height()
    return abs(across) < slack and abs(down) < slack


def visible_part(target: QRectF, image: QSize, pane: QSize) -> tuple[QRect, QRect]:
    """Return which pixels of `image`, stretched over `target`, a pane at (0, 0) shows, and where.

    Both rectangles are in whole pixels, and empty where nothing shows.
    """
    across = _visible_span(target.x(), target.width() / image.width(), image.width(), pane.width())
    down = _visible_span(
        target.y(), target.height() / image.height(), image.height(), pane.height()
    )
    source = QRect(across[0], down[0], across[1] - across[0], down[1] - down[0])
    shown = QRect(across[2], down[2], across[3] - across[2], down[3] - down[2])
    return source, shown


def _visible_span(
    offset: float, scale: float, pixels: int, extent: int
) -> tuple[int, int, int, int]:
    first = min(pixels, max(0, math.floor(-offset / scale)))
    last = max(first, min(pixels, math.ceil((extent - offset) / scale)))
    start, end = offset + first * scale, offset + last * scale
    return first, last, math.floor(start + 0.5), math.floor(end + 0.5)
