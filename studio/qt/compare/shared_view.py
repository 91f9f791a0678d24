"""How the panes of a comparison show a picture each, under one zoom and one pan."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from PySide6.QtCore import QPointF, QSize

from studio.qt.compare.view_transform import Viewport, ViewTransform

_MIDDLE = QPointF(0.5, 0.5)


@dataclass(frozen=True)
class SharedView:
    """A view of several pictures, in panes of one size.

    All have the viewport's zoom. `share` says what is in the middle of a pane, in shares of the
    picture's width and height, so that pictures of different sizes show the same part. `overlaid`
    pictures lie over each other, middle on middle, and `share` is the first one's.
    """

    viewport: Viewport
    pictures: tuple[QSize, ...] = ()
    share: QPointF = field(default_factory=lambda: QPointF(_MIDDLE))
    overlaid: bool = False

    @cached_property
    def views(self) -> tuple[ViewTransform, ...]:
        """Where each picture lies in its pane."""
        return tuple(map(self._view, self.pictures))

    @property
    def can_pan(self) -> bool:
        """Whether there is more of a picture than its pane shows."""
        views = (self._whole(),) if self.overlaid and self.pictures else self.views
        return any(any(view.room) for view in views)

    def fitted(self) -> "SharedView":
        """Show each picture whole."""
        viewport = replace(self.viewport, zoom=None)
        return replace(self, viewport=viewport, share=QPointF(_MIDDLE))

    def zoomed(self, zoom: float, anchor: QPointF, index: int = 0) -> "SharedView":
        """Give all one zoom, and keep what is at `anchor` in the pane `index` where it is."""
        return self._changed(lambda view: view.zoomed(zoom, anchor), index)

    def panned(self, move: QPointF, index: int = 0) -> "SharedView":
        """Move the picture in the pane `index` by device pixels, and the others along with it."""
        if self.viewport.zoom is None:
            return self
        return self._changed(lambda view: view.panned(move), index)

    def _view(self, picture: QSize) -> ViewTransform:
        pane, zoom = self.viewport.pane, self.viewport.zoom
        if zoom is None:
            return ViewTransform.fitted(pane, picture, self.viewport.margin)
        if not self.overlaid:
            return ViewTransform.at(pane, picture, zoom, self.share)
        middle = QPointF(picture.width() / 2, picture.height() / 2)
        return ViewTransform(pane, picture, zoom, middle + self._whole().from_middle)

    def _whole(self, index: int = 0) -> ViewTransform:
        """Return the view of the area that all overlaid pictures take up together."""
        first, union = self.pictures[0], QSize(0, 0)
        for picture in self.pictures:
            union = union.expandedTo(picture)
        zoom = self.viewport.zoom_of(self.pictures[index])
        from_middle = self.share - _MIDDLE
        share = QPointF(
            0.5 + from_middle.x() * first.width() / max(1, union.width()),
            0.5 + from_middle.y() * first.height() / max(1, union.height()),
        )
        return ViewTransform.at(self.viewport.pane, union, zoom, share)

    def _changed(
        self, change: Callable[[ViewTransform], ViewTransform], index: int
    ) -> "SharedView":
        if self.overlaid:
            whole = change(self._whole(index))
            first = self.pictures[0]
            moved = whole.from_middle
            share = _MIDDLE + QPointF(
                moved.x() / max(1, first.width()), moved.y() / max(1, first.height())
            )
            return self._with(whole.zoom, share)
        views = [change(view) for view in self.views]
        # Across and down, the picture under the pointer leads if there is more of it to see.
        leading = [views[index], *views]
        x = next((view.share.x() for view in leading if view.room[0]), 0.5)
        y = next((view.share.y() for view in leading if view.room[1]), 0.5)
        return self._with(views[index].zoom, QPointF(x, y))

    def _with(self, zoom: float, share: QPointF) -> "SharedView":
        return replace(self, viewport=replace(self.viewport, zoom=zoom), share=share)
