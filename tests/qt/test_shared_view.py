import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSize

from studio.qt.compare.shared_view import SharedView
from studio.qt.compare.view_transform import Viewport, ViewTransform

PANE = QSize(640, 480)
SIDES = st.integers(1, 5000)
SIZES = st.builds(QSize, SIDES, SIDES)
MOVES = st.builds(QPointF, st.floats(-3000, 3000), st.floats(-3000, 3000))
PLACES = st.builds(QPointF, st.floats(0, 640), st.floats(0, 480))


def look(*pictures: QSize, overlaid: bool = False) -> SharedView:
    return SharedView(Viewport(PANE), pictures, overlaid=overlaid)


def middle_of(view: ViewTransform) -> QPointF:
    return view.target(view.picture).center()


def test_each_picture_fits_its_pane() -> None:
    first, second = look(QSize(6400, 2400), QSize(160, 160)).views
    assert (first.zoom, second.zoom) == (0.1, 3)
    assert middle_of(first) == middle_of(second) == QPointF(320, 240)


def test_at_a_chosen_zoom_all_have_it_and_are_centred() -> None:
    first, second = look(QSize(300, 200), QSize(120, 90)).zoomed(1, QPointF(320, 240)).views
    assert first.zoom == second.zoom == 1
    assert middle_of(first) == middle_of(second) == QPointF(320, 240)


@given(SIZES, SIZES, st.floats(0.02, 32), MOVES, st.integers(0, 1))
def test_panning_shows_the_same_share_of_both_as_far_as_there_is_more(
    first: QSize, second: QSize, zoom: float, move: QPointF, index: int
) -> None:
    shared = look(first, second).zoomed(zoom, QPointF(100, 100), index).panned(move, index)
    views = shared.views
    for view in views:
        assert view.zoom == views[0].zoom
        target = view.target(view.picture)
        if target.width() <= PANE.width():
            assert abs(target.center().x() - 320) <= 0.51
        else:
            assert target.left() <= 0.51
            assert target.right() >= PANE.width() - 0.51
    if all(view.room == (True, True) for view in views):
        smaller = min(views, key=lambda view: view.picture.width())
        other = views[1 - views.index(smaller)]
        if 0.2 < other.share.x() < 0.8 and smaller.picture.width() * zoom > 3 * PANE.width():
            assert smaller.share.x() == pytest.approx(other.share.x())


@given(SIZES, SIZES, st.floats(0.1, 8), PLACES, MOVES, st.integers(0, 1))
def test_the_picture_under_the_pointer_is_moved_by_just_so_much(
    first: QSize, second: QSize, zoom: float, place: QPointF, move: QPointF, index: int
) -> None:
    before = look(first, second).zoomed(zoom, place, index)
    after = before.panned(move, index)
    alone = before.views[index].panned(move)
    for axis, has_room in enumerate(before.views[index].room):
        if has_room:
            moved = (after.views[index].centre.x(), after.views[index].centre.y())[axis]
            assert moved == pytest.approx((alone.centre.x(), alone.centre.y())[axis])


@given(SIZES, SIZES, st.floats(0.02, 32), PLACES, MOVES)
def test_overlaid_pictures_lie_middle_on_middle(
    first: QSize, second: QSize, zoom: float, place: QPointF, move: QPointF
) -> None:
    shared = look(first, second, overlaid=True).zoomed(zoom, place).panned(move)
    apart = middle_of(shared.views[0]) - middle_of(shared.views[1])
    assert max(abs(apart.x()), abs(apart.y())) <= 1.01


@given(SIZES, SIZES, SIZES, PLACES, MOVES, st.booleans())
def test_the_original_stays_where_it_is_while_the_other_picture_grows(
    first: QSize, before: QSize, after: QSize, place: QPointF, move: QPointF, overlaid: bool
) -> None:
    small = before.boundedTo(first)
    shared = look(first, small, overlaid=overlaid).zoomed(2, place).panned(move)
    other = after.boundedTo(first)
    regrown = SharedView(shared.viewport, (first, other), shared.share, overlaid)
    assert regrown.views[0].origin == shared.views[0].origin


def test_another_pane_keeps_the_middle() -> None:
    shared = look(QSize(2000, 1000)).zoomed(1, QPointF(200, 150))
    wider = SharedView(Viewport(QSize(600, 300), zoom=1), shared.pictures, shared.share)
    assert wider.views[0].to_picture(QPointF(300, 150)) == shared.views[0].to_picture(
        QPointF(320, 240)
    )
