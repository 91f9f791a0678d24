import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRect, QRectF, QSize

from studio.qt.compare.view_transform import (
    MAXIMUM_ZOOM,
    ViewTransform,
    fit_zoom,
    next_zoom,
    stop_at_actual_size,
    visible_part,
)

SIDES = st.integers(1, 5000)
SIZES = st.builds(QSize, SIDES, SIDES)
ZOOMS = st.floats(0.02, 32)
PLACES = st.builds(QPointF, st.floats(0, 900), st.floats(0, 900))


@pytest.mark.parametrize(
    ("picture", "zoom"),
    [
        (QSize(800, 400), 0.5),
        (QSize(400, 800), 0.25),
        (QSize(200, 100), 2.0),
        (QSize(130, 60), 3.0),
        (QSize(3, 2), 8.0),
    ],
)
def test_fit_shows_the_whole_picture_and_enlarges_by_whole_numbers(
    picture: QSize, zoom: float
) -> None:
    assert fit_zoom(picture, QSize(424, 224), margin=12) == zoom


@given(SIZES, SIZES)
def test_a_fitted_picture_lies_inside_its_pane(picture: QSize, pane: QSize) -> None:
    shown = ViewTransform.fitted(pane, picture).target(picture)
    assert QRectF(-1, -1, pane.width() + 2, pane.height() + 2).contains(shown)


@given(SIZES, ZOOMS, ZOOMS, PLACES)
def test_zoom_keeps_the_point_under_the_pointer_unless_the_edge_prevents_it(
    picture: QSize, before: float, after: float, anchor: QPointF
) -> None:
    view = ViewTransform.fitted(QSize(900, 900), picture).zoomed(before, QPointF(450, 450))
    zoomed = view.zoomed(after, anchor)
    held = zoomed.to_pane(view.to_picture(anchor)) - anchor
    shown = zoomed.target(picture)
    rounding = 1.5 + after / before
    if shown.left() < 0 and shown.right() > 900:
        assert abs(held.x()) < rounding or shown.left() > -2 or shown.right() < 902
    if shown.top() < 0 and shown.bottom() > 900:
        assert abs(held.y()) < rounding or shown.top() > -2 or shown.bottom() < 902


@given(SIZES, ZOOMS, st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_panning_never_loses_the_picture(
    picture: QSize, zoom: float, right: float, down: float
) -> None:
    pane = QSize(640, 480)
    view = ViewTransform.fitted(pane, picture).zoomed(zoom, QPointF()).panned(QPointF(right, down))
    shown = view.target(picture)
    if shown.width() <= pane.width():
        assert abs(shown.center().x() - pane.width() / 2) <= 0.51
    else:
        assert shown.left() <= 0.51
        assert shown.right() >= pane.width() - 0.51


def test_zoom_steps_go_through_100_percent_and_stay_in_range() -> None:
    zoom, seen = 0.02, []
    while zoom < MAXIMUM_ZOOM:
        zoom = next_zoom(zoom, 1)
        seen.append(zoom)
    assert 1.0 in seen
    assert next_zoom(MAXIMUM_ZOOM, 1) == MAXIMUM_ZOOM
    assert [next_zoom(zoom, -1) for zoom in (0.37, 1.0, 0.02, 0.01)] == [1 / 3, 2 / 3, 0.02, 0.01]


def test_a_continuous_zoom_stops_at_100_percent() -> None:
    assert stop_at_actual_size(0.9, 1.1) == 1
    assert stop_at_actual_size(1.2, 0.7) == 1
    assert stop_at_actual_size(1.0, 1.2) == 1.2


@pytest.mark.parametrize("zoom", [1, 2, 5])
def test_whole_zooms_put_pixel_edges_on_device_pixels(zoom: int) -> None:
    source, shown = visible_part(
        QRectF(-7 * zoom, 3, 50 * zoom, 40 * zoom), QSize(50, 40), QSize(20 * zoom, 300)
    )
    assert source == QRect(7, 0, 20, 40)
    assert shown == QRect(0, 3, 20 * zoom, 40 * zoom)
