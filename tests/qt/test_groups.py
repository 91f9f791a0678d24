"""Groups of steps in the recipe's pane."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragMoveEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QListWidget, QToolButton, QWidget

from studio.augment.operation import get
from studio.augment.plan import draw
from studio.augment.recipe import MOST_STEPS, Place, Recipe
from studio.qt.recipe.group_inside import GroupInside
from studio.qt.recipe.range_field import RangeSlider
from studio.qt.recipe.step_card import STEP_MIME
from studio.qt.recipe.step_list import StepList
from tests.qt.recipe_pane import LEFT, Pane, choose, texts

ALT = Qt.KeyboardModifier.AltModifier
POOL = [f"cats/{number}.jpg" for number in range(40)]


@pytest.fixture
def grouped(pane: Pane) -> Pane:
    """A flip, a group of a rotation and a shear, and noise."""
    recipe = Recipe().with_added("horizontal_flip").with_added("one_of")
    recipe = recipe.with_added("rotate", "one_of").with_added("shear", "one_of")
    pane.session.edit(recipe.with_added("gaussian_noise"), "group")
    pane.assert_cards_show_the_recipe()
    return pane


def layout(pane: Pane) -> list[object]:
    """Return the ids of the recipe's steps, those in a group as a list of their own."""
    found: list[object] = []
    for step in pane.recipe.steps:
        found += [step.id, [child.id for child in step.steps]] if step.is_group else [step.id]
    return found


def press(pane: Pane, key: Qt.Key, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(pane.window.focusWidget(), key, ALT)


def test_the_cards_inside_a_group_are_inside_its_card(grouped: Pane) -> None:
    assert grouped.card("one_of").isAncestorOf(grouped.card("rotate"))
    assert grouped.card("rotate").x() > 8
    assert not grouped.card("one_of").isAncestorOf(grouped.card("gaussian_noise"))


def test_alt_and_arrows_lead_into_a_group_through_it_and_out(grouped: Pane) -> None:
    slider = grouped.find(QWidget, "step.horizontal_flip.probability.slider")
    slider.setFocus()
    ways = []
    for _ in range(5):
        press(grouped, Qt.Key.Key_Down)
        ways.append(layout(grouped))
        grouped.assert_cards_show_the_recipe()
        assert grouped.window.focusWidget() is slider
    assert ways == [
        ["one_of", ["horizontal_flip", "rotate", "shear"], "gaussian_noise"],
        ["one_of", ["rotate", "horizontal_flip", "shear"], "gaussian_noise"],
        ["one_of", ["rotate", "shear", "horizontal_flip"], "gaussian_noise"],
        ["one_of", ["rotate", "shear"], "horizontal_flip", "gaussian_noise"],
        ["one_of", ["rotate", "shear"], "gaussian_noise", "horizontal_flip"],
    ]
    for way in [
        *ways[-2::-1],
        ["horizontal_flip", "one_of", ["rotate", "shear"], "gaussian_noise"],
    ]:
        press(grouped, Qt.Key.Key_Up)
        assert layout(grouped) == way
    assert grouped.window.focusWidget() is slider


def test_the_keys_on_a_groups_card_move_the_group(grouped: Pane) -> None:
    grouped.find(QAbstractButton, "step.one_of.grip").setFocus()
    press(grouped, Qt.Key.Key_Down)
    assert layout(grouped) == ["horizontal_flip", "gaussian_noise", "one_of", ["rotate", "shear"]]
    grouped.session.edit(grouped.recipe.with_added("some_of"), "another group")
    grouped.find(QAbstractButton, "step.one_of.grip").setFocus()
    press(grouped, Qt.Key.Key_Down, 2)
    assert layout(grouped)[-4:] == ["some_of", [], "one_of", ["rotate", "shear"]]
    grouped.assert_cards_show_the_recipe()


def test_a_card_that_is_moved_into_a_folded_group_opens_it(grouped: Pane) -> None:
    grouped.click("step.one_of.open")
    grouped.find(QAbstractButton, "step.horizontal_flip.grip").setFocus()
    press(grouped, Qt.Key.Key_Down)
    assert grouped.card("horizontal_flip").isVisible()
    assert grouped.card("rotate").isVisible()


@pytest.mark.parametrize(
    ("dragged", "above", "expected"),
    [
        ("horizontal_flip", "rotate", ["one_of", ["horizontal_flip", "rotate", "shear"]]),
        ("horizontal_flip", "shear", ["one_of", ["rotate", "horizontal_flip", "shear"]]),
        ("shear", "rotate", ["horizontal_flip", "one_of", ["shear", "rotate"]]),
        ("shear", "horizontal_flip", ["shear", "horizontal_flip", "one_of", ["rotate"]]),
        ("rotate", "one_of", ["horizontal_flip", "rotate", "one_of", ["shear"]]),
        ("one_of", "horizontal_flip", ["one_of", ["rotate", "shear"], "horizontal_flip"]),
    ],
)
def test_a_card_is_dropped_into_a_group_and_out_of_it(
    grouped: Pane, dragged: str, above: str, expected: list[object]
) -> None:
    grouped.drop(dragged, grouped.y_of(above) + 2)
    assert layout(grouped) == [*expected, "gaussian_noise"]
    grouped.assert_cards_show_the_recipe()
    grouped.session.history.undo()
    grouped.assert_cards_show_the_recipe()


def test_a_card_is_dropped_at_the_end_of_a_group_and_below_it(grouped: Pane) -> None:
    below_shear = grouped.y_of("shear") + grouped.card("shear").height() + 3
    grouped.drop("horizontal_flip", below_shear)
    assert layout(grouped) == ["one_of", ["rotate", "shear", "horizontal_flip"], "gaussian_noise"]
    grouped.drop("rotate", grouped.y_of("gaussian_noise") - 4)
    assert layout(grouped) == ["one_of", ["shear", "horizontal_flip"], "rotate", "gaussian_noise"]


def test_a_group_is_never_dropped_into_a_group(grouped: Pane) -> None:
    grouped.session.edit(grouped.recipe.with_added("some_of"), "another group")
    grouped.drop("some_of", grouped.y_of("shear"))
    assert grouped.recipe.place("some_of").group is None


def test_the_line_of_a_drag_into_a_group_is_as_wide_as_the_cards_there(grouped: Pane) -> None:
    steps = grouped.find(StepList, "recipe.list")
    data = QMimeData()
    data.setData(STEP_MIME, b"horizontal_flip")
    spot = QPoint(50, grouped.y_of("shear") + 2)
    no_keys = Qt.KeyboardModifier.NoModifier
    steps.dragMoveEvent(QDragMoveEvent(spot, Qt.DropAction.MoveAction, data, LEFT, no_keys))
    line = grouped.find(QWidget, "recipe.list.gap")
    assert line.isVisible()
    assert line.width() == grouped.card("shear").width()
    assert line.x() == grouped.card("shear").mapTo(steps, QPoint()).x()


def test_a_step_is_added_to_a_group_and_groups_are_not_offered(grouped: Pane) -> None:
    grouped.click("step.one_of.add")
    rows = grouped.find(QListWidget, "picker.list")
    offered = {rows.item(row).text() for row in range(rows.count())}
    assert "Gaussian blur" in offered
    assert not offered & {"One of", "Some of"}
    search = grouped.find(QLineEdit, "picker.search")
    QTest.keyClicks(search, "gaussian blur")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert grouped.recipe.place("gaussian_blur") == Place("one_of", 2)
    assert grouped.find(QAbstractButton, "step.gaussian_blur.grip").hasFocus()
    grouped.click("recipe.add")
    assert "One of" in {rows.item(row).text() for row in range(rows.count())}
    QTest.keyClicks(search, "gaussian blur")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert grouped.recipe.place("gaussian_blur-2").group is None


def test_an_empty_group_says_what_it_is_for(grouped: Pane) -> None:
    hint = "Add steps to choose from"
    assert hint not in texts(grouped.card("one_of"))
    for id in ("rotate", "shear"):
        grouped.click(f"step.{id}.remove")
    assert hint in texts(grouped.card("one_of"))
    y = grouped.find(GroupInside, "step.one_of.inside").mapTo(
        grouped.find(StepList, "recipe.list"), QPoint(0, 8)
    )
    grouped.drop("gaussian_noise", y.y())
    assert grouped.recipe.place("gaussian_noise") == Place("one_of", 0)
    assert hint not in texts(grouped.card("one_of"))


def test_a_group_is_copied_with_its_steps(grouped: Pane) -> None:
    rotate = replace(grouped.recipe.step("rotate"), probability=0.25)
    grouped.session.edit(grouped.recipe.with_step(rotate), "weight")
    name = grouped.find(QAbstractButton, "step.one_of.grip")
    choose(grouped.open_menu("one_of", name), "Duplicate")
    assert layout(grouped) == [
        *("horizontal_flip", "one_of", ["rotate", "shear"]),
        *("one_of-2", ["rotate-2", "shear-2"], "gaussian_noise"),
    ]
    assert grouped.recipe.step("rotate-2").probability == 0.25
    slider = grouped.find(RangeSlider, "step.rotate.angle.slider")
    choose(grouped.open_menu("rotate", slider), "Duplicate")
    assert grouped.recipe.place("rotate-3") == Place("one_of", 1)
    grouped.assert_cards_show_the_recipe()


def test_the_probability_of_a_step_in_a_group_is_called_its_weight(grouped: Pane) -> None:
    field = grouped.find(QWidget, "step.rotate.probability.field")
    assert "Weight" in texts(grouped.card("rotate"))
    assert field.accessibleName() == "Rotate: weight"
    assert "compared with the others" in field.toolTip()
    assert field.text() == "100"
    grouped.drop("rotate", grouped.y_of("horizontal_flip"))
    assert "Weight" not in texts(grouped.card("rotate"))
    assert "Probability" in texts(grouped.card("rotate"))
    assert field.text() == "100%"


def test_the_group_tells_what_was_chosen_and_the_others_that_they_were_not(
    grouped: Pane,
) -> None:
    for variant in range(1, 9):
        plan = draw(grouped.recipe, "a.jpg", variant)
        grouped.view.show_plan(plan)
        chosen = "rotate" if plan.step("rotate") else "shear"
        other = "shear" if chosen == "rotate" else "rotate"
        assert grouped.find(QLabel, "step.one_of.state").text() == chosen.capitalize()
        assert grouped.find(QLabel, f"step.{chosen}.state").text() == ""
        assert grouped.find(QLabel, f"step.{other}.state").text() == "not in this draw"


def test_a_mix_tells_the_other_images(pane: Pane) -> None:
    recipe = Recipe().with_added("mosaic").with_added("mixup")
    pane.session.edit(recipe, "mix")
    plan = draw(recipe, POOL[0], 1, pool=POOL)
    pane.view.show_plan(plan)
    step = plan.step("mosaic")
    assert step is not None
    note = pane.find(QLabel, "step.mosaic.state")
    assert note.text() == f"with {', '.join(dict.fromkeys(step.partners))}"
    assert note.toolTip() == note.text()
    pane.view.show_plan(draw(recipe, POOL[0], 1))
    assert note.text() == "with itself"


@pytest.mark.parametrize("op", ["trivial_augment", "rand_augment", "aug_mix"])
def test_a_policy_tells_what_it_drew(pane: Pane, op: str) -> None:
    recipe = Recipe().with_added(op)
    pane.session.edit(recipe, "policy")
    note = pane.find(QLabel, f"step.{op}.state")
    for variant in range(1, 9):
        plan = draw(recipe, "a.jpg", variant)
        pane.view.show_plan(plan)
        steps = plan.steps_of(op)
        if not steps:
            assert note.text() == "not in this draw"
            continue
        drawn = [
            step for top in steps for step in (*(s for b in top.branches for s in b.steps), top)
        ]
        titles = [get(step.op).title for step in drawn if step.op != op]
        assert all(title in note.text() for title in titles)
        assert note.toolTip() == note.text()


def test_removing_a_group_gives_the_focus_to_the_next_card(grouped: Pane) -> None:
    grip = grouped.find(QAbstractButton, "step.one_of.grip")
    grip.setFocus()
    QTest.keyClick(grip, Qt.Key.Key_Delete)
    assert layout(grouped) == ["horizontal_flip", "gaussian_noise"]
    assert grouped.window.focusWidget().objectName() == "step.gaussian_noise.grip"
    grouped.session.history.undo()
    grouped.assert_cards_show_the_recipe()


def test_tab_goes_through_a_group_in_the_order_that_is_seen(grouped: Pane) -> None:
    grouped.drop("horizontal_flip", grouped.y_of("shear"))
    grouped.find(QAbstractButton, "recipe.reroll").setFocus()
    seen: list[str] = []
    for _ in range(60):
        QTest.keyClick(grouped.window.focusWidget(), Qt.Key.Key_Tab)
        name = grouped.window.focusWidget().objectName()
        if name == "recipe.reroll":
            break
        if name.endswith((".grip", ".add")) and name != "recipe.add":
            seen.append(name)
    assert seen == [
        "step.one_of.grip",
        "step.rotate.grip",
        "step.horizontal_flip.grip",
        "step.shear.grip",
        "step.one_of.add",
        "step.gaussian_noise.grip",
    ]


def test_the_steps_inside_groups_count_toward_the_most_there_may_be(pane: Pane) -> None:
    recipe = Recipe().with_added("one_of")
    shear = recipe.with_added("shear").step("shear")
    steps = tuple(replace(shear, id=f"shear {number}") for number in range(MOST_STEPS - 2))
    pane.session.edit(recipe.with_step(replace(recipe.steps[0], steps=steps)), "many")
    add = pane.find(QToolButton, "step.one_of.add")
    assert add.isEnabled()
    pane.session.edit(pane.recipe.with_added("rotate", "one_of"), "one more")
    assert not add.isEnabled()
    assert not pane.find(QAbstractButton, "recipe.add").isEnabled()
    choose(pane.open_menu("rotate", pane.find(QWidget, "step.rotate.grip")), "Duplicate")
    assert sum(1 for _ in pane.recipe.all_steps()) == MOST_STEPS
