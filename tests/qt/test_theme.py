"""The look: readable in both schemes, and everything follows a change at once."""

import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from superqt import QDoubleRangeSlider

from studio.paths import resource
from studio.qt.theme import Scheme, Tokens, apply_theme, icon, tokens

SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")
ICONS = sorted(path.stem for path in resource("icons").glob("*.svg"))


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "light")
    yield
    apply_theme(qapp, "light")


def picture(name: str, mode: QIcon.Mode = QIcon.Mode.Normal, ratio: float = 1.0) -> QImage:
    return icon(name).pixmap(QSize(24, 24), ratio, mode, QIcon.State.Off).toImage()


def colours_in(image: QImage) -> set[str]:
    """Return the colours of the pixels that are fully there."""
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    pixels = (image.pixelColor(x, y) for y in range(image.height()) for x in range(image.width()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio of WCAG 2."""

    def luminance(colour: QColor) -> float:
        channels = (colour.redF(), colour.greenF(), colour.blueF())
        red, green, blue = (
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_is_readable_on_every_surface(qapp: QApplication, scheme: Scheme) -> None:
    apply_theme(qapp, scheme)
    now = tokens()
    for surface in (now.window, now.panel, now.raised):
        assert contrast(now.text, surface) >= 7
        assert contrast(now.muted, surface) >= 4.5
        for signal in (now.danger, now.warning, now.good):
            assert contrast(signal, surface) >= 4
    assert contrast(now.accent_text, now.accent) >= 4.5
    assert contrast(now.accent, now.panel) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_palette_is_the_schemes(qapp: QApplication, scheme: Scheme) -> None:
    apply_theme(qapp, scheme)
    palette, now = qapp.palette(), tokens()
    assert palette.window().color() == now.window
    assert palette.base().color() == now.panel
    assert palette.text().color() == now.text
    assert palette.highlight().color() == now.accent
    faint = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert contrast(faint, now.panel) < contrast(now.muted, now.panel)


def test_the_system_is_followed_until_a_scheme_is_chosen(qapp: QApplication) -> None:
    system = qapp.styleHints().colorSchemeChanged
    apply_theme(qapp, "system")
    light = tokens()
    system.emit(Qt.ColorScheme.Dark)
    assert tokens().window.lightness() < light.window.lightness()
    assert qapp.palette().window().color() == tokens().window
    system.emit(Qt.ColorScheme.Light)
    assert tokens() == light
    apply_theme(qapp, "light")
    system.emit(Qt.ColorScheme.Dark)
    assert tokens() == light


def test_a_widget_hears_of_the_change_with_the_new_colours_in_force(
    qapp: QApplication, qtbot: QtBot
) -> None:
    heard: list[Tokens] = []

    class Listener(QLabel):
        def changeEvent(self, event: QEvent) -> None:
            super().changeEvent(event)
            if event.type() == QEvent.Type.PaletteChange:
                heard.append(tokens())

    window = QWidget()
    qtbot.addWidget(window)
    label = Listener("text", window)
    label.setProperty("role", "muted")
    window.show()
    heard.clear()
    apply_theme(qapp, "dark")
    assert heard
    assert heard[-1] == tokens()
    assert label.palette().color(label.foregroundRole()) == tokens().muted


def test_an_icon_on_a_button_follows_the_change(qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button = QToolButton(window)
    button.setIcon(icon("sun-contrast"))
    button.setIconSize(QSize(24, 24))
    window.show()
    before = window.grab().toImage()
    assert tokens().text.name() in colours_in(before)
    apply_theme(qapp, "dark")
    after = window.grab().toImage()
    assert tokens().text.name() in colours_in(after)
    assert before != after


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_has_the_text_colour_and_a_faint_disabled_form(name: str) -> None:
    assert colours_in(picture(name, ratio=2.0))
    if name == "app":
        return
    assert colours_in(picture(name, ratio=2.0)) == {tokens().text.name()}
    assert tokens().text.name() not in colours_in(picture(name, QIcon.Mode.Disabled, 2.0))


def test_an_icon_can_take_any_colour_of_the_scheme() -> None:
    for field in fields(Tokens):
        image = icon("stop", field.name).pixmap(QSize(24, 24), 2.0).toImage()
        assert colours_in(image) == {getattr(tokens(), field.name).name()}


def test_an_icon_is_sharp_at_twice_the_pixels() -> None:
    single, double = picture("dice"), picture("dice", ratio=2.0)
    assert (double.width(), double.devicePixelRatio()) == (48, 2.0)
    blown_up = single.scaled(48, 48, mode=Qt.TransformationMode.SmoothTransformation)
    assert len(colours_in(double)) == 1
    assert blown_up != double


def test_thousands_of_icons_come_and_go(qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    for count in range(2_000):
        shown = QIcon(icon(ICONS[count % len(ICONS)]))
        shown.addPixmap(QPixmap(4, 4))
        button.setIcon(shown)
        if count % 20 == 0:
            button.grab()
        del shown
    assert not button.icon().isNull()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_range_slider_is_accented_unless_disabled(
    qapp: QApplication, qtbot: QtBot, scheme: Scheme
) -> None:
    apply_theme(qapp, scheme)
    slider = QDoubleRangeSlider(Qt.Orientation.Horizontal)
    qtbot.addWidget(slider)
    slider.setRange(0, 1)
    slider.setValue((0.2, 0.8))
    slider.resize(200, 24)
    slider.show()

    def bar() -> QColor:
        return slider.grab().toImage().pixelColor(100, 12)

    assert bar() == tokens().accent
    slider.setEnabled(False)
    assert bar().hslSaturationF() < 0.2
    slider.setEnabled(True)
    apply_theme(qapp, "dark" if scheme == "light" else "light")
    assert bar() == tokens().accent


def test_every_image_of_the_stylesheet_exists() -> None:
    text = resource("style.qss").read_text("utf-8")
    names = re.findall(r'url\("style:([^"]+)"\)', text)
    assert len(names) == text.count("url(") > 0
    for name in names:
        assert resource(f"icons/style/{name}").is_file()


def test_the_font_does_not_grow_with_every_change(qapp: QApplication) -> None:
    font = qapp.font()
    for scheme in ("dark", "light", "system", "dark", "system"):
        apply_theme(qapp, scheme)
    assert qapp.font() == font
    assert font.pixelSize() == 13
