"""A first look into every file, so that what is no image is known before anybody meets it."""

from collections.abc import Generator

from studio.dataset.image_file import ImageError
from studio.dataset.library import Library, Problem

_A_BATCH = 200


def check_headers(library: Library) -> Generator[tuple[Problem, ...], None, None]:
    """Yield the problems that magic bytes and headers show, a batch of files at a time.

    What is damaged further inside is found when the image is read.
    """
    problems: list[Problem] = []
    for number, image in enumerate(library.images, start=1):
        try:
            library.store.header(image.key)
        except ImageError as error:
            problems.append(Problem(image.key, error.reason))
        if number % _A_BATCH == 0:
            yield tuple(problems)
            problems.clear()
    yield tuple(problems)
