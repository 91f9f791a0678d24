"""The tour: the whole main job through the real window, without a display."""

import os
import subprocess
import sys
from pathlib import Path

import cv2


def test_the_tour_leaves_pictures_and_an_export(tmp_path: Path) -> None:
    out = tmp_path / "tour"
    done = subprocess.run(
        [sys.executable, "-m", "studio", "tour", "tour"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(out) in done.stdout
    pictures = sorted(out.glob("*.png"))
    assert len(pictures) >= 6
    for path in pictures:
        image = cv2.imread(str(path))
        assert image is not None
        assert image.shape[1] >= 1280
        assert image.std() > 10
    lines = (out / "export" / "manifest.jsonl").read_bytes().splitlines()
    written = [path for path in (out / "export").rglob("*.*") if path.suffix != ".jsonl"]
    # The first line is about the whole export, and the last says that it is finished.
    assert len(written) == len(lines) - 2 >= 1000
