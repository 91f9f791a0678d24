"""The commands: what they write and say, and that every mistake is one line, code 2, no file."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.__main__ import main
from studio.augment.operation import all_operations
from studio.augment.recipe_file import build_recipe
from studio.cli.faults import Cancelled, end_with, one_line
from studio.cli.progress import describe_seconds
from studio.dataset.exports.manifest import MANIFEST, Entry, Header, read_manifest
from studio.dataset.reading.image_file import read_image
from studio.paths import log_folder
from tests.dataset.files import noise
from tests.dataset.trees import contents, write_classes, write_image

Capture = pytest.CaptureFixture[str]
PROJECT = Path(__file__).parent.parent
RECIPE = """\
version: 1
seed: 3
steps:
- op: rotate
  params: {angle: [-20, 20]}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_classes(tmp_path / "set")


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    return path


def run(*arguments: object) -> int | None:
    return main([str(argument) for argument in arguments])


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "studio", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def manifest(out: Path) -> tuple[Header, list[Entry]]:
    return read_manifest((out / MANIFEST).read_bytes())


def assert_one_line(text: str, *parts: str) -> None:
    assert text.endswith("\n")
    assert text.count("\n") == 1
    for part in parts:
        assert part in text


def test_export_from_the_shell(source: Path, recipe: Path, tmp_path: Path) -> None:
    before = contents(source)
    for workers in (1, 2):
        process = start(
            *("export", source, tmp_path / f"out{workers}", "--recipe", recipe, "--copies", 2),
            *("--seed", 9, "--workers", workers, "--include-originals", "--format", "webp"),
        )
        stdout, stderr = process.communicate()
        assert (process.returncode, stderr) == (0, "")
        assert_one_line(stdout, "18 files written", "files/s", f"out{workers}")
    assert contents(source) == before
    assert contents(tmp_path / "out1") == contents(tmp_path / "out2")
    header, entries = manifest(tmp_path / "out1")
    assert (header.seed, header.recipe["seed"], header.source) == (9, 9, str(source))
    assert len(entries) == 18
    assert (tmp_path / "out1" / "cat" / "a0_aug_2.webp").exists()


def test_export_takes_the_chosen_splits_and_classes(tmp_path: Path) -> None:
    for split in ("train", "test"):
        write_classes(tmp_path / "set" / split, each=1)
    out = tmp_path / "out"
    code = run(
        *("export", tmp_path / "set", out, "--copies", 1, "--split", "train"),
        *("--class", "cat", "--class", "dog"),
    )
    assert code == 0
    assert set(contents(out)) == {
        MANIFEST,
        "train/cat/a0_aug_1.png",
        "train/dog/a0_aug_1.png",
    }


def test_export_without_a_recipe_uses_the_starting_one(source: Path, tmp_path: Path) -> None:
    assert run("export", source, tmp_path / "out") == 0
    header, entries = manifest(tmp_path / "out")
    operations = [step.op for step in build_recipe(header.recipe).steps]
    assert operations == ["horizontal_flip", "rotate", "scale", "gaussian_noise"]
    assert len(entries) == 24


def test_export_tells_what_was_skipped_and_why(
    source: Path, tmp_path: Path, capsys: Capture
) -> None:
    for number in range(12):
        (source / "cat" / f"b{number:02}.jpg").write_text("no picture")
    assert run("export", source, tmp_path / "out", "--copies", 1) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[:10]] == [
        f"skipped cat/b{number:02}.jpg" for number in range(10)
    ]
    assert lines[10] == "and 2 more"
    assert lines[11].startswith("6 files written")


def test_a_dry_run_tells_and_writes_nothing(source: Path, tmp_path: Path, capsys: Capture) -> None:
    before = contents(tmp_path)
    assert run("export", source, tmp_path / "out", "--copies", 2, "--dry-run") == 0
    told = capsys.readouterr().out
    for part in ("12 files", "kB", " s", "cat/a0_aug_1.png"):
        assert part in told
    assert contents(tmp_path) == before
    assert not (tmp_path / "out").exists()
    assert run("export", source, source / "out", "--dry-run") == 2


def test_a_dry_run_refuses_what_the_export_would(source: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "elsewhere" / "b.png")
    (source / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert run("export", source, tmp_path / "elsewhere" / "out", "--dry-run") == 2


Arguments = Callable[[Path], list[object]]
MISTAKES: dict[str, tuple[Arguments, str]] = {
    "missing folder": (lambda at: ["export", at / "missing", at / "out"], "no such folder"),
    "empty folder": (lambda at: ["export", at / "empty", at / "out"], "no images"),
    "file for folder": (lambda at: ["export", at / "bad.yaml", at / "out"], "not a folder"),
    "missing recipe": (
        lambda at: ["export", at / "set", at / "out", "--recipe", at / "none.yaml"],
        "none.yaml: no such file",
    ),
    "recipe with an error": (
        lambda at: ["export", at / "set", at / "out", "--recipe", at / "bad.yaml"],
        "bad.yaml: steps[0].params.angle: must be within -180..180",
    ),
    "target in the way of a file": (
        lambda at: ["export", at / "set", at / "bad.yaml" / "out"],
        "cannot be written",
    ),
    "target not empty": (lambda at: ["export", at / "set", at], "holds the data set"),
    "target with files": (lambda at: ["export", at / "set", at / "full"], "is not empty"),
    "target equal": (lambda at: ["export", at / "set", at / "set"], "the data set's own"),
    "target inside": (lambda at: ["export", at / "set", at / "set" / "out"], "inside"),
    "target through a link": (lambda at: ["export", at / "set", at / "link" / "out"], "inside"),
    "unknown class": (
        lambda at: ["export", at / "set", at / "out", "--class", "bird"],
        "There are: cat, dog.",
    ),
    "unknown split": (lambda at: ["export", at / "set", at / "out", "--split", "x"], "'x'"),
    "too many copies": (
        lambda at: ["export", at / "set", at / "out", "--copies", 101],
        "copies: must be within 1..100",
    ),
    "no worker": (lambda at: ["export", at / "set", at / "out", "--workers", 0], "workers"),
    "unknown format": (lambda at: ["export", at / "set", at / "out", "--format", "gif"], "format"),
    "quality out of bounds": (
        lambda at: ["export", at / "set", at / "out", "--quality", 0],
        "quality",
    ),
    "negative seed": (lambda at: ["export", at / "set", at / "out", "--seed", -1], "seed: must be"),
    "option without its value": (
        lambda at: ["export", at / "set", at / "out", "--split"],
        "--split",
    ),
    "no number": (lambda at: ["export", at / "set", at / "out", "--copies", "x"], "--copies"),
    "missing argument": (lambda at: ["export", at / "set"], "OUT"),
    "one argument more": (lambda at: ["export", at / "set", at / "out", at], "unexpected"),
    "unknown option": (lambda at: ["export", at / "set", at / "out", "--fast"], "--fast"),
    "unknown first option": (lambda at: ["--fast"], "--fast"),
    "missing image": (
        lambda at: ["apply", at / "set/cat/a0.png", at / "none.png", "--out", at / "out"],
        "none.png: no such file",
    ),
    "folder for image": (lambda at: ["apply", at / "set", "--out", at / "out"], "is a folder"),
    "no image by its name": (lambda at: ["apply", at / "bad.yaml", "--out", at / "out"], ".jpg"),
    "no target": (lambda at: ["apply", at / "set/cat/a0.png"], "--out"),
    "apply to a full folder": (
        lambda at: ["apply", at / "set/cat/a0.png", "--out", at / "full"],
        "is not empty",
    ),
    "both lists": (lambda at: ["ops", "--json", "--schema"], "--schema"),
    "a sheet of no format": (lambda at: ["ops", "--sheet", at / "out.txt"], "out.txt"),
    "a sheet nowhere": (lambda at: ["ops", "--sheet", at / "no" / "out.png"], "out.png"),
    "a photo for no sheet": (lambda at: ["ops", "--photo", at / "a.png"], "--sheet"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_with_code_2_and_nothing_written(
    source: Path, tmp_path: Path, capsys: Capture, name: str
) -> None:
    arguments, message = MISTAKES[name]
    (tmp_path / "empty").mkdir()
    write_image(tmp_path / "full" / "a.png")
    (tmp_path / "link").symlink_to(source, target_is_directory=True)
    (tmp_path / "bad.yaml").write_text(RECIPE.replace("-20, 20", "-20, 200"))
    before = contents(tmp_path)
    assert run(*arguments(tmp_path)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert_one_line(told.err, message)
    assert contents(tmp_path) == before
    assert not (tmp_path / "out").exists()


def test_a_mistake_from_the_shell(tmp_path: Path) -> None:
    process = start("export", tmp_path / "missing", tmp_path / "out")
    stdout, stderr = process.communicate()
    assert (process.returncode, stdout) == (2, "")
    assert_one_line(stderr, "missing: no such folder")


def test_nothing_readable_is_a_mistake(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "a.png").write_text("no picture")
    assert run("apply", tmp_path / "a.png", "--out", tmp_path / "out") == 2
    assert_one_line(capsys.readouterr().err, "a.png", "none of the images could be read")


def test_apply_keeps_the_folders_that_the_images_differ_in(tmp_path: Path, recipe: Path) -> None:
    images = [write_image(tmp_path / name) for name in ("x/a.png", "x/y/a.png", "x/a.jpg")]
    out = tmp_path / "x" / "out"
    code = run("apply", *images, images[0], "--recipe", recipe, "--variants", 2, "--out", out)
    assert code == 0
    assert set(contents(out)) == {
        MANIFEST,
        *(f"{name}_aug_{n}.png" for name in ("a_png", "y/a") for n in (1, 2)),
        *(f"a_aug_{n}.jpg" for n in (1, 2)),
    }
    header, entries = manifest(out)
    assert (header.seed, header.source) == (3, str((tmp_path / "x").resolve()))
    assert {entry.source for entry in entries} == {"a.jpg", "a.png", "y/a.png"}


def test_apply_to_one_image_with_format_and_seed(tmp_path: Path) -> None:
    image = write_image(tmp_path / "a.png", noise((9, 14), "uint16"))
    out = tmp_path / "out"
    assert run("apply", image, "--out", out, "--format", "jpg", "--variants", 1, "--seed", 5) == 0
    assert read_image(out / "a_aug_1.jpg").shape == (9, 14)
    assert manifest(out)[0].seed == 5


def test_ops_lists_every_operation_and_parameter(capsys: Capture) -> None:
    assert run("ops") == 0
    table = capsys.readouterr().out
    assert run("ops", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [operation["name"] for operation in listed] == [o.name for o in all_operations()]
    for operation in listed:
        assert operation["help"].partition("\n")[0] in table
        assert all(param["name"] in table for param in operation["params"])
    rotate = next(operation for operation in listed if operation["name"] == "rotate")
    assert (rotate["group"], rotate["params"][0]["unit"]) == ("Geometry", "°")
    assert (rotate["params"][0]["low"], rotate["params"][0]["high"]) == (-180, 180)


def test_ops_prints_the_schema_of_recipes(capsys: Capture) -> None:
    assert run("ops", "--schema") == 0
    schema = json.loads(capsys.readouterr().out)
    steps = schema["properties"]["steps"]["items"]["oneOf"]
    assert [step["properties"]["op"]["const"] for step in steps] == [
        operation.name for operation in all_operations()
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_whole_files_that_are_all_listed(
    tmp_path: Path, number: signal.Signals
) -> None:
    for index in range(40):
        write_image(tmp_path / "set" / f"{index}.png", noise((300, 400, 3), seed=index))
    out = tmp_path / "out"
    # A process in the background may ignore Ctrl-C, and what it starts would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = start("export", tmp_path / "set", out, "--copies", 100)
    finally:
        signal.signal(signal.SIGINT, before)
    while not any(out.rglob("*.png")) and process.poll() is None:
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    process.send_signal(number)
    stdout, stderr = process.communicate()
    assert (process.returncode, stdout) == (130, "")
    entries = manifest(out)[1]
    assert_one_line(stderr, f"cancelled: {len(entries)} whole files")
    assert sorted(entry.output for entry in entries) == sorted(set(contents(out)) - {MANIFEST})
    for entry in entries:
        read_image(out / entry.output)


def test_an_export_imports_neither_qt_nor_tensorflow(source: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from studio.__main__ import main; assert main(sys.argv[1:]) == 0;"
        "print({name.partition('.')[0] for name in sys.modules}"
        " & {'PySide6', 'shiboken6', 'superqt', 'pyqtgraph', 'tensorflow', 'keras'})"
    )
    command = [sys.executable, "-c", code, "export", str(source), str(tmp_path / "out")]
    told = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    assert told.splitlines()[-1] == "set()"


def test_a_bug_is_one_line_that_names_the_log(capsys: Capture) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        print(1 // len(""))
    assert end_with(caught.value) == 1
    log = log_folder() / "studio.log"
    assert_one_line(capsys.readouterr().err, "ZeroDivisionError", str(log))
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert "test_a_bug_is_one_line" in log.read_text(encoding="utf-8")


def test_cancelled_before_anything_was_begun(capsys: Capture) -> None:
    assert end_with(KeyboardInterrupt()) == 130
    assert end_with(Cancelled("cancelled: 3 whole files")) == 130
    assert capsys.readouterr().err == "cancelled\ncancelled: 3 whole files\n"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text_end_no_run(tmp_path: Path, capsys: Capture) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    write_image(folder / "a.png")
    assert run("export", folder, tmp_path / "out", "--copies", 1) == 0
    assert manifest(tmp_path / "out")[0].source.endswith(r"caf\xe9")
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/\xe9.png"))
    same = write_image(folder / r"\xe9.png")
    (folder / "a.png").rename(odd)
    assert run("apply", odd, same, "--out", folder / "out", "--variants", 1) == 0
    sources = {entry.source for entry in manifest(folder / "out")[1]}
    assert sources == {r"\xe9.png", r"\xe9-2.png"}


def test_what_is_printed_stays_on_its_line() -> None:
    assert one_line("a\nb \r\n c\x1b[31m\udce9 é") == r"a b c\x1b[31m\udce9 é"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (59.4, "59 s"), (125, "2 min 5 s"), (12_000, "3 h 20 min")],
)
def test_durations_are_said_as_people_do(seconds: float, text: str) -> None:
    assert describe_seconds(seconds) == text


def test_a_sheet_shows_every_operation(tmp_path: Path) -> None:
    sheet = tmp_path / "all.jpg"
    assert run("ops", "--sheet", sheet) == 0
    picture = read_image(sheet)
    height, width = picture.shape[:2]
    assert width == 1600
    # Four entries in a row, below a heading for each group.
    groups = Counter(operation.group for operation in all_operations())
    assert height > 150 * sum(-(-count // 4) for count in groups.values())
    small = tmp_path / "mine.png"
    photo = write_image(tmp_path / "photo.png")
    assert run("ops", "--sheet", small, "--photo", photo) == 0
    assert (read_image(small) != picture).any()
