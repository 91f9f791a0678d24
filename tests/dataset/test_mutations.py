"""Damaged and hostile files: whole pixels or a reason, the same everywhere, and no crash."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dataset.samples import find_reason, read, sound_files

REPOSITORY = Path(__file__).parents[2]


def run(*arguments: str) -> None:
    command = [sys.executable, "-m", "tests.dataset.damage", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("name", sound_files())
def test_a_file_cut_short_is_refused_or_whole(name: str) -> None:
    data = sound_files()[name]
    whole = read(data)
    for percent in range(1, 100):
        cut = data[: len(data) * percent // 100]
        if not find_reason(cut):
            np.testing.assert_array_equal(read(cut), whole)


@pytest.mark.parametrize("missing", [1, 2, 3])
@pytest.mark.parametrize("name", [name for name in sound_files() if name.startswith("jpeg")])
def test_a_jpeg_without_its_end_is_refused_or_whole(name: str, missing: int) -> None:
    data = sound_files()[name]
    if not find_reason(data[:-missing]):
        np.testing.assert_array_equal(read(data[:-missing]), read(data))


def test_three_thousand_mutations_give_pixels_or_a_reason() -> None:
    run("1", "3000")


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is measured by Unix means")
def test_files_that_claim_huge_pictures_are_refused_in_little_memory() -> None:
    run("bombs")


@settings(deadline=None, max_examples=100)
@given(data=st.binary(max_size=300), name=st.sampled_from(sorted(sound_files())))
def test_any_bytes_after_a_sound_beginning_are_survived(data: bytes, name: str) -> None:
    find_reason(sound_files()[name][:48] + data)
