from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QSlider, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.augment.operation import Choice, Number, Operation, all_operations
from studio.qt.recipe.form import ParamField, ProbabilityField, build_field
from studio.qt.recipe.number_field import NumberField
from studio.qt.recipe.number_text import decimals
from studio.qt.recipe.range_field import RangeSlider
from studio.qt.theme import apply_theme

ANGLE = Number(
    name="angle", low=-180, high=180, default=(-20, 20), step=0.5, unit="°", help="How far to turn."
)
COUNT = Number(name="count", low=1, high=20, default=(1, 3), integer=True, help="How many.")
SIGMA = Number(name="sigma", low=0, high=64, default=(0, 0), step=0.5, unit="levels", help="Noise.")
FILL = Choice(name="fill", options=("noise", "black", "white"), default=("noise",), help="What.")
LEFT = Qt.MouseButton.LeftButton


class Form:
    """A field on the screen, and what it told."""

    def __init__(self, qtbot: QtBot, field: ParamField) -> None:
        self.field = field
        self.told: list[tuple[str, Any]] = []
        field.changed.connect(lambda setting: self.told.append(("changed", setting)))
        field.held.connect(lambda value: self.told.append(("held", value)))
        field.finished.connect(lambda: self.told.append(("finished", None)))
        qtbot.addWidget(field)
        field.resize(294, field.sizeHint().height())
        with qtbot.waitActive(field):
            field.show()

    def find(self, kind: type[QWidget], name: str) -> Any:
        found = self.field.findChild(kind, f"{self.field.objectName()}.{name}")
        assert found is not None, name
        return found

    @property
    def slider(self) -> RangeSlider:
        slider = self.find(RangeSlider, "slider")
        assert isinstance(slider, RangeSlider)
        return slider

    def spot(self, handle: int) -> QPoint:
        slider: Any = self.slider
        value = slider.value()[handle]
        share = (value - slider.minimum()) / (slider.maximum() - slider.minimum())
        return QPoint(round(7 + share * (slider.width() - 14)), slider.height() // 2)

    def drag(self, handle: int, pixels: int) -> None:
        start = self.spot(handle)
        QTest.mousePress(self.slider, LEFT, pos=start)
        for step in range(1, 6):
            QTest.mouseMove(self.slider, start + QPoint(pixels * step // 5, 0))

    def release(self) -> None:
        QTest.mouseRelease(self.slider, LEFT)

    def all_told(self, kind: str) -> list[Any]:
        return [value for name, value in self.told if name == kind]

    def last_setting(self) -> Any:
        return self.all_told("changed")[-1]


@pytest.fixture(autouse=True)
def _theme(qapp: QApplication) -> None:
    apply_theme(qapp, "light")


def build(qtbot: QtBot, param: Number | Choice) -> Form:
    return Form(qtbot, build_field(param, f"step.x.{param.name}", "X: y"))


@pytest.mark.parametrize("operation", all_operations(), ids=lambda operation: operation.name)
def test_every_parameter_of_every_operation_gets_its_controls(
    qtbot: QtBot, operation: Operation
) -> None:
    for param in operation.params:
        form = build(qtbot, param)
        controls = form.field.findChildren(QWidget)
        named = [control for control in controls if control.objectName().startswith("step.x.")]
        assert named
        assert all(control.accessibleName() and control.toolTip() for control in named)
        assert any(label.text() for label in form.field.findChildren(QLabel))


@pytest.mark.parametrize(
    "operation",
    [operation for operation in all_operations() if operation.params],
    ids=lambda operation: operation.name,
)
def test_fields_show_the_whole_text_of_their_bounds(qtbot: QtBot, operation: Operation) -> None:
    for param in operation.params:
        if isinstance(param, Number):
            form = build(qtbot, param)
            form.field.show_setting((param.low, param.high))
            for name in ("low", "high"):
                field = form.find(NumberField, name)
                edit = field.lineEdit()
                text = edit.fontMetrics().horizontalAdvance(field.text())
                assert text <= edit.width() - 2, (param.name, field.text())


@pytest.mark.parametrize("handle", [0, 1])
def test_a_held_handle_is_told_with_the_very_value_it_stands_at(qtbot: QtBot, handle: int) -> None:
    form = build(qtbot, ANGLE)
    form.drag(handle, 40 if handle else -40)
    held, changed = form.all_told("held"), form.all_told("changed")
    assert changed[-1][handle] == held[-1] == form.slider.value()[handle]
    assert abs(held[-1]) > 60
    assert held[-1] % 0.5 == 0
    assert changed[-1][1 - handle] == ANGLE.default[1 - handle]
    assert None not in held
    form.release()
    assert form.told[-2:] == [("held", None), ("finished", None)]


def test_the_value_is_held_before_the_change_is_told(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.drag(1, 30)
    form.release()
    for before, now in zip(form.told, form.told[1:], strict=False):
        if now[0] == "changed":
            assert before == ("held", now[1][1])


def test_pressing_a_handle_off_its_middle_does_not_move_it(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    QTest.mousePress(form.slider, LEFT, pos=form.spot(1) + QPoint(4, 2))
    form.release()
    assert form.slider.value() == ANGLE.default
    assert form.all_told("changed") == []
    assert form.all_told("held") == [20, None]


def test_a_click_on_the_groove_brings_the_nearer_handle(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    QTest.mouseClick(form.slider, LEFT, pos=QPoint(form.slider.width() - 7, 12))
    assert form.last_setting() == (-20, 180)
    QTest.mouseClick(form.slider, LEFT, pos=QPoint(7, 12))
    assert form.last_setting() == (-180, 180)


def test_the_bar_moves_both_ends_and_holds_no_value(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.field.show_setting((-90.0, 90.0))
    middle = (form.spot(0) + form.spot(1)) / 2
    QTest.mousePress(form.slider, LEFT, pos=middle)
    QTest.mouseMove(form.slider, middle + QPoint(20, 0))
    low, high = form.last_setting()
    assert low > -90
    assert high - low == 180
    form.release()
    assert set(form.all_told("held")) == {None}


def test_handles_in_one_place_come_apart_the_way_they_are_dragged(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.field.show_setting((0.0, 0.0))
    form.drag(0, 30)
    form.release()
    assert form.last_setting()[0] == 0
    assert form.last_setting()[1] > 20
    form.field.show_setting((0.0, 0.0))
    form.drag(0, -30)
    form.release()
    assert form.last_setting()[0] < -20
    assert form.last_setting()[1] == 0


def test_handles_together_at_a_bound_can_be_pulled_away(qtbot: QtBot) -> None:
    form = build(qtbot, SIGMA)
    form.drag(0, 40)
    form.release()
    low, high = form.last_setting()
    assert low == 0
    assert high > 5


def test_handles_may_meet_but_never_pass(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.drag(0, 120)
    form.release()
    assert form.last_setting() == (20, 20)


def test_a_whole_number_stays_one(qtbot: QtBot) -> None:
    form = build(qtbot, COUNT)
    form.drag(1, 55)
    assert isinstance(form.all_told("held")[-1], int)
    assert float(form.last_setting()[1]).is_integer()
    form.release()


def test_a_value_between_two_steps_is_kept_while_the_other_end_moves(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.field.show_setting((-12.34, 20.0))
    form.drag(1, 30)
    form.release()
    assert form.last_setting()[0] == -12.34


def test_arrow_keys_move_the_handle_that_tab_chose(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.find(NumberField, "high").setFocus()
    QTest.keyClick(form.field.focusWidget(), Qt.Key.Key_Tab)
    assert form.field.focusWidget() is form.slider
    QTest.keyClick(form.slider, Qt.Key.Key_Left)
    assert form.last_setting() == (-20.5, 20)
    QTest.keyClick(form.slider, Qt.Key.Key_Tab)
    assert form.field.focusWidget() is form.slider
    QTest.keyClick(form.slider, Qt.Key.Key_PageUp)
    assert form.last_setting() == (-20.5, 25)
    QTest.keyClick(form.slider, Qt.Key.Key_End)
    assert form.last_setting() == (-20.5, 180)
    assert form.all_told("held")[-1] == 180
    qtbot.waitUntil(lambda: form.told[-2:] == [("held", None), ("finished", None)])


def test_a_field_that_is_hidden_lets_its_handle_go(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.drag(1, 30)
    form.field.hide()
    assert form.told[-2:] == [("held", None), ("finished", None)]


def test_typing_an_end_past_the_other_pushes_it(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    low = form.find(NumberField, "low")
    low.setFocus()
    low.selectAll()
    QTest.keyClicks(low, "45")
    assert form.last_setting() == (45, 45)
    QTest.keyClick(low, Qt.Key.Key_Return)
    assert form.told[-1] == ("finished", None)
    assert form.slider.value() == (45, 45)
    assert form.find(NumberField, "high").value() == 45


def test_what_is_typed_on_the_way_pushes_nothing_for_good(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.field.show_setting((10.0, 20.0))
    high = form.find(NumberField, "high")
    high.setFocus()
    high.selectAll()
    QTest.keyClicks(high, "3")
    assert form.last_setting() == (3, 3)
    QTest.keyClicks(high, "0")
    assert form.last_setting() == (10, 30)


def test_a_double_click_goes_back_to_the_default(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.field.show_setting((-90.0, 90.0))
    QTest.mouseDClick(form.slider, LEFT, pos=form.spot(1))
    assert form.last_setting() == ANGLE.default


def test_showing_a_setting_tells_nothing(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    form.field.show_setting((1.0, 2.0))
    form.field.show_drawn(1.5)
    assert form.told == []
    assert form.slider.value() == (1, 2)


@pytest.mark.parametrize("param", [ANGLE, SIGMA], ids=["angle", "sigma"])
def test_the_drawn_value_is_said_with_its_unit(qtbot: QtBot, param: Number) -> None:
    form = build(qtbot, param)
    form.field.show_drawn(7.26)
    shown = [label.text() for label in form.field.findChildren(QLabel) if label.isVisible()]
    assert "7.3°" in shown or "7.3 levels" in shown
    form.field.show_drawn(None)
    shown = [label.text() for label in form.field.findChildren(QLabel) if label.isVisible()]
    assert not any("7.3" in text for text in shown)


def test_the_drawn_value_is_marked_where_its_handle_would_stand(qtbot: QtBot) -> None:
    form = build(qtbot, ANGLE)
    before = form.slider.grab().toImage()
    form.field.show_drawn(90.0)
    after = form.slider.grab().toImage()
    changed = [
        x
        for x in range(after.width())
        for y in range(after.height())
        if after.pixel(x, y) != before.pixel(x, y)
    ]
    assert changed
    assert (min(changed) + max(changed)) / 2 == pytest.approx(7 + 0.75 * (294 - 14), abs=2)


def test_a_choice_allows_several_values_and_always_one(qtbot: QtBot) -> None:
    form = build(qtbot, FILL)
    form.find(QToolButton, "white").click()
    assert form.last_setting() == ("noise", "white")
    form.find(QToolButton, "noise").click()
    assert form.last_setting() == ("white",)
    form.find(QToolButton, "white").click()
    assert form.find(QToolButton, "white").isChecked()
    assert form.all_told("changed") == [("noise", "white"), ("white",)]


def test_probability_is_dragged_and_typed_in_percent(qtbot: QtBot) -> None:
    form = Form(qtbot, ProbabilityField("step.x.probability", "X"))
    slider, field = form.find(QSlider, "slider"), form.find(NumberField, "field")
    QTest.mousePress(slider, LEFT, pos=QPoint(slider.width() - 7, slider.height() // 2))
    QTest.mouseMove(slider, QPoint(slider.width() // 2, slider.height() // 2))
    assert form.last_setting()[0] == pytest.approx(0.5, abs=0.02)
    assert field.value() == slider.value()
    QTest.mouseRelease(slider, LEFT)
    assert form.told[-1] == ("finished", None)
    assert form.all_told("held") == []
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "35")
    assert form.last_setting() == (0.35, 0.35)
    assert slider.value() == 35
    QTest.mouseClick(slider, LEFT, pos=QPoint(7, slider.height() // 2))
    assert form.last_setting() == (0, 0)


@pytest.mark.parametrize("name", ["low", "high", "slider"])
def test_the_wheel_is_the_panes_own(qtbot: QtBot, name: str) -> None:
    form = build(qtbot, ANGLE)
    control = form.find(QWidget, name)
    event = QWheelEvent(
        QPointF(10, 10),
        QPointF(control.mapToGlobal(QPoint(10, 10))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    form.field.setFocus()
    QApplication.sendEvent(control, event)
    assert not event.isAccepted()
    assert form.all_told("changed") == []


@pytest.mark.parametrize(
    ("step", "count"), [(1, 0), (0.5, 1), (0.05, 2), (0.25, 2), (10, 0), (1e-4, 4)]
)
def test_decimals_follow_the_step(step: float, count: int) -> None:
    assert decimals(replace(ANGLE, step=step)) == count


FACTOR = Number(
    name="factor", low=0.2, high=5, default=(0.333, 1.2), step=0.01, unit="×", help="How much."
)
SIDE = Number(name="side", low=1, high=4096, default=(256, 256), integer=True, help="How wide.")


def test_a_factor_has_1_in_the_middle_of_its_slider(qtbot: QtBot) -> None:
    form = build(qtbot, FACTOR)
    form.field.show_setting((1, 1))
    assert abs(form.spot(0).x() - form.slider.width() / 2) <= 1
    form.field.show_setting((0.5, 2))
    middle = form.slider.width() / 2
    assert middle - form.spot(0).x() == pytest.approx(form.spot(1).x() - middle, abs=2)


@pytest.mark.parametrize("number", [FACTOR, SIDE], ids=["factor", "side"])
def test_on_a_logarithmic_slider_the_end_that_is_not_moved_keeps_its_value(
    qtbot: QtBot, number: Number
) -> None:
    form = build(qtbot, number)
    form.drag(1, 30)
    low, high = form.last_setting()
    assert low == number.default[0]
    assert high > number.default[1]
    assert high == pytest.approx(round(high / number.step) * number.step)
    assert form.all_told("held")[-1] == high
    form.release()
    form.drag(1, 900)
    assert form.last_setting() == (number.default[0], number.high)
    form.release()
    QTest.keyClick(form.slider, Qt.Key.Key_Left)
    assert form.last_setting()[1] == pytest.approx(number.high - number.step)
    QTest.keyClick(form.slider, Qt.Key.Key_Home)
    assert form.last_setting()[1] == number.default[0]


def test_a_label_of_the_declaration_is_what_is_read(qtbot: QtBot) -> None:
    form = build(qtbot, replace(SIDE, label="X"))
    assert "X" in [label.text() for label in form.field.findChildren(QLabel)]
    assert form.field.title == "X"
