"""The look: colour tokens, palette, the one stylesheet, and icons that follow the theme.

A widget that keeps colours of its own hears of a theme change as `QEvent.Type.PaletteChange` in
`changeEvent`; `tokens()` is already the new set by then. Whatever asks in `paintEvent` needs
nothing.
"""

from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QIcon,
    QIconEngine,
    QPainter,
    QPixmap,
    QPixmapCache,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication
from superqt.sliders import _range_style

from studio.paths import resource
from studio.qt.colours import DARK, LIGHT, Tokens, build_palette, build_stylesheet, mix

__all__ = ["Scheme", "Tokens", "apply_theme", "icon", "mix", "tokens"]

Scheme = Literal["system", "light", "dark"]


class _Theme(QObject):
    """Which scheme is in force; repaints the application when the system's changes."""

    def __init__(self) -> None:
        super().__init__()
        self.scheme: Scheme = "system"
        self.tokens = LIGHT

    @Slot(Qt.ColorScheme)
    def follow_system(self, scheme: Qt.ColorScheme) -> None:
        app = QApplication.instance()
        if self.scheme == "system" and isinstance(app, QApplication):
            self.show(app, _system_tokens(scheme))

    def show(self, app: QApplication, colours: Tokens) -> None:
        self.tokens = colours
        _colour_range_sliders(colours)
        palette, sheet = build_palette(colours), build_stylesheet(colours)
        # Only if it is another one: every widget that there is would be dressed anew.
        if app.palette() != palette or app.styleSheet() != sheet:
            app.setPalette(palette)
            app.setStyleSheet(sheet)


@cache
def _theme() -> _Theme:
    return _Theme()


def tokens() -> Tokens:
    """Return the colours of the scheme in force: light until `apply_theme` is called."""
    return _theme().tokens


def apply_theme(app: QApplication, scheme: Scheme) -> None:
    """Dress the application in Fusion, our palette and the stylesheet.

    "system" follows the system's scheme while the program runs; where the system has none to
    tell, it is light.
    """
    theme = _theme()
    theme.scheme = scheme
    if not app.property("dressed"):
        app.setProperty("dressed", True)
        app.setStyle("Fusion")
        font = QFont(app.font())
        font.setPixelSize(13)
        app.setFont(font)
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(theme.follow_system, Qt.ConnectionType.UniqueConnection)
    hints.setColorScheme(_FORCED[scheme])
    colours = {"light": LIGHT, "dark": DARK}.get(scheme) or _system_tokens(hints.colorScheme())
    theme.show(app, colours)


_FORCED = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


def _system_tokens(scheme: Qt.ColorScheme) -> Tokens:
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def _colour_range_sliders(colours: Tokens) -> None:
    # superqt's `barColor` property has no disabled state; its default style has one, and is used
    # as long as no stylesheet rule reads `Slider::groove:horizontal { ...`.
    bar = _range_style.SYSTEM_STYLE
    bar.brush_active = bar.brush_inactive = colours.accent.name()
    bar.brush_disabled = mix(colours.line, colours.muted, 0.35).name()
    bar.pen_active = bar.pen_inactive = bar.pen_disabled = None
    bar.horizontal_thickness = bar.vertical_thickness = 4
    bar.h_offset = bar.v_offset = 0


@cache
def icon(name: str, colour: str = "text") -> QIcon:
    """Return `resources/icons/<name>.svg` in a colour of the scheme in force (a field of `Tokens`).

    Sharp at any size and pixel ratio; drawn anew after a theme change; faint when disabled.
    """
    source = resource(f"icons/{name}.svg").read_bytes()
    return QIcon(_keep(_SvgEngine(name, source, colour)))


_engines: list[QIconEngine] = []


def _keep(engine: "_SvgEngine") -> "_SvgEngine":
    # QIcon owns its engine in C++, and PySide6 does not know: without this the wrapper would
    # free it at once. `icon` keeps its QIcon too, so that C++ never frees one first.
    _engines.append(engine)
    return engine


class _SvgEngine(QIconEngine):
    def __init__(self, name: str, source: bytes, colour: str) -> None:
        super().__init__()
        self._name = name
        self._source = source
        self._colour = colour

    def clone(self) -> QIconEngine:
        return _keep(_SvgEngine(self._name, self._source, self._colour))

    def key(self) -> str:
        return "studio-svg"

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        square = QRect(QPoint(), QSize(side, side))
        square.moveCenter(rect.center())
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(square, self.scaledPixmap(square.size(), mode, state, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        shade = getattr(tokens(), self._colour)
        if mode == QIcon.Mode.Disabled:
            shade = mix(tokens().panel, tokens().muted, 0.6)
        pixels = (size.toSizeF() * scale).toSize()
        key = f"studio:{self._name}:{shade.name()}:{pixels.width()}x{pixels.height()}:{scale}"
        pixmap = QPixmap()
        if QPixmapCache.find(key, pixmap):
            return pixmap
        pixmap = self._render(pixels, shade)
        pixmap.setDevicePixelRatio(scale)
        QPixmapCache.insert(key, pixmap)
        return pixmap

    def _render(self, pixels: QSize, shade: QColor) -> QPixmap:
        pixmap = QPixmap(pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        renderer = QSvgRenderer(self._source.replace(b"currentColor", shade.name().encode()))
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(QPoint(), pixels))
        painter.end()
        return pixmap
