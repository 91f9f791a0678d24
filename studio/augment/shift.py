"""Turn, mirror, crop, shift and pad a picture by copying its pixels."""

from typing import Any, NamedTuple

import cv2
import numpy as np

from studio.augment.homography import Homography

_EXACT = 1e-6
_FARTHEST = 2

_Orientation = tuple[int, int, int, int]
_ORIENT: dict[_Orientation, Any] = {
    (1, 0, 0, 1): lambda image, dst: image,
    (-1, 0, 0, 1): lambda image, dst: cv2.flip(image, 1, dst=dst),
    (1, 0, 0, -1): lambda image, dst: cv2.flip(image, 0, dst=dst),
    (-1, 0, 0, -1): lambda image, dst: cv2.flip(image, -1, dst=dst),
    (0, 1, 1, 0): lambda image, dst: cv2.transpose(image, dst=dst),
    (0, 1, -1, 0): lambda image, dst: cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE, dst=dst),
    (0, -1, 1, 0): lambda image, dst: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE, dst=dst),
    (0, -1, -1, 0): lambda image, dst: cv2.flip(cv2.transpose(image), -1, dst=dst),
}


class _Window(NamedTuple):
    left: int
    top: int
    width: int
    height: int


def copy_pixels(
    image: Any,
    centred: Homography,
    size: tuple[int, int],
    border: int,
    value: Any,
    result: Any = None,
) -> Any:
    """Return the picture under a matrix that moves pixels by whole pixels, None if it is another.

    `centred` is between pixels from each picture's centre, `size` the result's width
    and height, `border` an OpenCV code with its `value`. The identity gives the picture itself;
    all else is written into `result`.
    """
    a, b, x, c, d, y, g, h, _ = centred
    orientation = e, f, i, j = round(a), round(b), round(c), round(d)
    if abs(a - e) + abs(b - f) + abs(c - i) + abs(d - j) > _EXACT or g or h:
        return None
    if orientation not in _ORIENT:
        return None
    turned = image.shape[:2][::-1]
    if orientation[0] == 0:
        turned = turned[::-1]
    left = (turned[0] - size[0]) / 2 - x
    top = (turned[1] - size[1]) / 2 - y
    window = _Window(round(left), round(top), *size)
    if abs(left - window.left) > _EXACT or abs(top - window.top) > _EXACT:
        return None
    orient = _ORIENT[orientation]
    if result is None:
        result = np.empty((size[1], size[0], *image.shape[2:]), image.dtype)
    if window == (0, 0, *turned):
        return orient(image, result)
    if _is_inside(window, turned):
        first, top_row, width, height = _before(window, orientation, turned)
        cut = image[top_row : top_row + height, first : first + width]
        return _into(result, orient(cut, result))
    if max(abs(window.left), abs(window.top), *size) > _FARTHEST * max(turned):
        return None
    return _into(result, _padded(orient(image, None), window, border, value, result))


def _is_inside(window: _Window, size: tuple[int, ...]) -> bool:
    right, bottom = window.left + window.width, window.top + window.height
    return window.left >= 0 and window.top >= 0 and right <= size[0] and bottom <= size[1]


def _before(window: _Window, orientation: _Orientation, size: tuple[int, ...]) -> _Window:
    """Return the part of the picture that becomes `window` once it is oriented, of that size."""
    left, top, width, height = window
    if -1 in orientation[:2]:
        left = size[0] - left - width
    if -1 in orientation[2:]:
        top = size[1] - top - height
    if orientation[0] == 0:
        return _Window(top, left, height, width)
    return _Window(left, top, width, height)


def _into(result: Any, image: Any) -> Any:
    if image is not result:
        np.copyto(result, image)
    return result


def _padded(image: Any, window: _Window, border: int, value: Any, result: Any) -> Any:
    # All of the picture is padded before it is cut: a border may repeat what is cut off.
    height, width = image.shape[:2]
    before_x, before_y = max(0, -window.left), max(0, -window.top)
    after_x = max(0, window.left + window.width - width)
    after_y = max(0, window.top + window.height - height)
    margins = before_y, after_y, before_x, after_x
    fits = (height + before_y + after_y, width + before_x + after_x) == result.shape[:2]
    padded = cv2.copyMakeBorder(image, *margins, border, dst=result if fits else None, value=value)
    if fits:
        return result
    x, y = window.left + before_x, window.top + before_y
    return padded[y : y + window.height, x : x + window.width]
