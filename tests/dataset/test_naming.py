"""No two files of an export share a name, whatever the sources are called."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.dataset.copies import output_suffix
from studio.dataset.library import ImageRef
from studio.dataset.naming import copy_name, output_stems

STEMS = st.one_of(
    st.text("aAé\u0301ßſ_1.\n", min_size=1, max_size=4),
    st.builds(
        "{}_{}_{}".format,
        st.text("aA", max_size=2),
        st.sampled_from(["aug", "AUG"]),
        st.integers(1, 3),
    ),
    st.sampled_from(["x" * 250, "文" * 83]),
)
KEYS = st.builds(
    "{}{}.{}".format,
    st.sampled_from(["", "a/", "A/", "a/b/"]),
    STEMS,
    st.sampled_from(["jpg", "JPG", "jpeg", "png", "tif"]),
)


def stems_of(*keys: str) -> dict[str, str]:
    return output_stems([ImageRef(key, "", "") for key in sorted(keys)])


def fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


@settings(deadline=None)
@given(st.sets(KEYS, max_size=12), st.sampled_from(["same", "png"]))
def test_no_copy_meets_another_or_an_original(keys: set[str], format: str) -> None:
    stems = stems_of(*keys)
    names = [
        copy_name(stems[key], variant, output_suffix(key, format))
        for key in keys
        for variant in (1, 2, 3)
    ]
    folded = {fold(name) for name in names}
    assert len(folded) == len(names)
    assert not folded & {fold(key) for key in keys}
    assert all(len(name.rpartition("/")[2].encode()) <= 255 for name in names)


def test_names_are_the_sources_own_where_nothing_is_in_the_way() -> None:
    assert stems_of("cat/a.jpg", "dog/a.jpg") == {"cat/a.jpg": "cat/a", "dog/a.jpg": "dog/a"}


def test_the_later_of_two_that_share_a_stem_takes_its_suffix() -> None:
    assert stems_of("c/a.jpg", "c/a.png") == {"c/a.jpg": "c/a", "c/a.png": "c/a_png"}


def test_a_source_that_is_called_like_a_copy_is_not_overwritten() -> None:
    assert stems_of("a.jpg", "a_aug_1.jpg")["a.jpg"] == "a_jpg"


def test_a_name_too_long_for_more_is_cut() -> None:
    key = f"cat/{'x' * 251}.jpg"
    assert stems_of(key)[key] == f"cat/{'x' * 230}"
