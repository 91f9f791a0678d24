"""Runs in a list: what is told of each, damaged ones too, and a removal that spares other files."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from studio.dataset.exports.lock import locked
from studio.errors import UserError
from studio.gan.condense import condense
from studio.gan.reports import Began, Report, Stats, encode_report
from studio.gan.runs import list_runs, remove_run, replay, summarise_run
from tests.gan.run_files import CONFIG, make_run, stats, told


@pytest.mark.parametrize(
    ("reason", "state"),
    [("", "stopped"), ("stopped", "stopped"), ("done", "done"), ("not finite", "not finite")],
)
def test_a_run_is_told_in_a_line(tmp_path: Path, reason: str, state: str) -> None:
    run = summarise_run(make_run(tmp_path / "run", told(reason=reason)))
    assert (run.state, run.source, run.preset, run.size) == (state, "/data/pets", "hinge", 28)
    assert (run.images, run.seconds, run.best_kid) == (640, 5.0, 0.02)
    assert run.classes == ("cat", "dog")
    assert run.config == CONFIG
    assert run.can_resume


def test_a_run_that_goes_on_after_its_end_has_not_ended(tmp_path: Path) -> None:
    again: list[Report] = [Began("processor", 24, 2, ("cat", "dog"), 10, (0.7, 0.7)), stats(11)]
    run = summarise_run(make_run(tmp_path / "run", [*told(reason="done"), *again]))
    assert (run.state, run.images) == ("stopped", 704)


def test_a_kill_in_the_middle_of_a_line_spoils_no_summary(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", told())
    with (run / "stats.jsonl").open("ab") as lines:
        lines.write(encode_report(stats(20))[:40])
    assert summarise_run(run).images == 640


def test_a_run_that_somebody_trains_is_running_and_is_not_removed(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", told())
    with locked(run):
        assert summarise_run(run).state == "running"
        assert not summarise_run(run).can_resume
        with pytest.raises(UserError):
            remove_run(run)
    assert (run / "config.yaml").exists()
    assert summarise_run(run).state == "stopped"


def test_the_list_has_damaged_runs_too_and_nothing_else(tmp_path: Path) -> None:
    new = make_run(tmp_path / "new", told(), checkpoint=False)
    old = make_run(tmp_path / "old", told())
    os.utime(old / "config.yaml", (1, 1))
    broken = make_run(tmp_path / "broken", told())
    (broken / "config.yaml").write_text("config: {size: large}")
    headless = make_run(tmp_path / "headless", told())
    (headless / "config.yaml").unlink()
    (tmp_path / "holiday").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    runs = {run.path: run for run in list_runs(tmp_path)}
    assert set(runs) == {new, old, broken, headless}
    assert [path for path in runs if runs[path].state != "damaged"] == [new, old]
    assert "config.yaml: cannot be read" in runs[broken].problem
    assert "has no config.yaml" in runs[headless].problem
    assert not runs[new].can_resume
    assert "no checkpoint" in runs[new].problem
    assert list_runs(tmp_path / "nowhere") == []


def test_a_replay_gives_every_report_in_blocks(tmp_path: Path) -> None:
    reports: list[Report] = [*told(), *(stats(number) for number in range(11, 20_000))]
    run = make_run(tmp_path / "run", reports)
    found: list[Report] = []
    shares = list(_follow(replay(run), found))
    assert found == reports
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def _follow(steps: Generator[float, None, list[Report]], found: list[Report]) -> Iterator[float]:
    found += yield from steps


def test_a_long_run_is_condensed_into_means() -> None:
    others = told()
    reports: list[Report] = [*others, *(stats(number) for number in range(11, 21))]
    few = [each for each in condense(reports, 4) if isinstance(each, Stats)]
    assert [each.step for each in few] == [5, 12, 15, 18, 20]
    assert condense(reports, 12) == reports
    kept = [each for each in condense(reports, 4) if not isinstance(each, Stats)]
    assert kept == [each for each in others if not isinstance(each, Stats)]
    first, second = replace(stats(11), loss_d=1.0), replace(stats(12), loss_d=2.0)
    assert condense([first, second], 1) == [replace(stats(12), loss_d=1.5)]


def test_a_removal_takes_a_runs_own_files_only(tmp_path: Path) -> None:
    whole = make_run(tmp_path / "whole", told())
    (whole / "samples" / "0-ema.png").write_bytes(b"png")
    (whole / "generator.keras").write_bytes(b"zip")
    (whole / ".augstudio-generator.keras").write_bytes(b"half")
    (whole / "events.out.tfevents.1.host").write_bytes(b"events")
    assert remove_run(whole)
    assert not whole.exists()
    used = make_run(tmp_path / "used", told())
    others = [used / "thesis.tex", used / "samples" / "film.gif", used / "arrays.npz"]
    for path in others:
        path.write_text("mine")
    assert not remove_run(used)
    assert {path for path in used.rglob("*") if path.is_file()} == set(others)
    with pytest.raises(UserError, match="is no run"):
        remove_run(used)
