"""Where a start leads: the window, a command, the tour, or one line that says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.__main__ import main
from studio.cli import COMMANDS
from studio.cli.app import build_app

Capture = pytest.CaptureFixture[str]
PROJECT = Path(__file__).parent.parent
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="is about Linux without a display")


def start(
    *arguments: str, at: Path, qt: str = "raise ImportError", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the program in folder `at` with a PySide6 of which `qt` is the whole text."""
    package = at / "packages" / "PySide6"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(qt)
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    paths = {"PYTHONPATH": os.pathsep.join([str(package.parent), str(PROJECT)])}
    return subprocess.run(
        [sys.executable, "-m", "studio", *arguments],
        cwd=at,
        env={**inherited, **paths, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_are_those_that_the_start_knows() -> None:
    registered = build_app(lambda out: 0).registered_commands
    assert tuple(command.name for command in registered) == COMMANDS


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_and_version_say_how_to_open_the_window(arguments: list[str], capsys: Capture) -> None:
    assert main(arguments) == 0
    assert "`augstudio [DIR]` opens the window" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: Capture) -> None:
    assert main([command, "--help"]) == 0
    assert f"augstudio {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "guess"),
    [
        (["exprot", "x", "y"], "Did you mean `export`?"),
        (["exprot"], "Did you mean `export`?"),
        (["nothing", "like"], "`augstudio --help` lists the commands."),
    ],
)
def test_a_mistyped_command_is_one_line(arguments: list[str], guess: str, capsys: Capture) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert told == f"{arguments[0]}: no such folder or command. {guess}\n"


def test_two_folders_are_one_too_many(tmp_path: Path, capsys: Capture) -> None:
    assert main([str(tmp_path), str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@LINUX
def test_a_missing_library_is_named_with_the_packages_that_bring_it(tmp_path: Path) -> None:
    fault = "libEGL.so.1: cannot open shared object file: No such file or directory"
    ended = start(at=tmp_path, qt=f"raise ImportError({fault!r})", DISPLAY=":0")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert "libEGL.so.1" in ended.stderr
    assert "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1" in ended.stderr


@LINUX
def test_a_qt_that_cannot_be_loaded_is_one_line(tmp_path: Path) -> None:
    ended = start(at=tmp_path, qt="raise ImportError('too old', name='PySide6')", DISPLAY=":0")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "PySide6 cannot be loaded: too old\n"


@LINUX
def test_without_a_display_the_tour_is_begun_in_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "augstudio-tour").mkdir()
    ended = start(at=tmp_path, qt="raise ImportError('too old', name='PySide6')")
    assert ended.returncode == 2
    assert ended.stdout.count("\n") == 1
    assert "no display" in ended.stdout
    assert "augstudio-tour-2" in ended.stdout


@LINUX
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":0"}])
def test_a_missing_folder_is_one_line(tmp_path: Path, display: dict[str, str]) -> None:
    ended = start("elsewhere", at=tmp_path, **display)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "elsewhere: no such folder\n"


def test_a_file_is_no_folder_to_open(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "photo.jpg").touch()
    assert main([str(tmp_path / "photo.jpg")]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'photo.jpg'}: is not a folder\n"


def test_the_window_imports_nothing_of_the_command_line_or_the_training() -> None:
    code = (
        "import sys, studio.__main__, studio.qt.app;"
        "print({name.partition('.')[0] for name in sys.modules}"
        " & {'typer', 'rich', 'click', 'tensorflow', 'keras', 'pyqtgraph'})"
    )
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    assert told == "set()\n"


def test_an_archive_is_opened_like_a_folder(tmp_path: Path, capsys: Capture) -> None:
    archive = tmp_path / "cifar.tar.gz"
    archive.touch()
    assert main([str(archive), "another"]) == 2
    assert "the window opens one folder or archive" in capsys.readouterr().err
    assert main([str(tmp_path / "gone.zip")]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'gone.zip'}: no such folder\n"


@LINUX
def test_an_archive_is_where_the_window_starts(tmp_path: Path) -> None:
    (tmp_path / "mnist.npz").touch()
    ended = start("mnist.npz", at=tmp_path, qt="raise ImportError('it began')", DISPLAY=":0")
    assert "no such folder" not in ended.stderr
    assert "it began" in ended.stderr
