"""Imports run one way, and Qt and TensorFlow stay where they belong."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
# In a process of its own, because the linter sets up logging for the whole process.
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_the_contracts_in_pyproject_are_kept() -> None:
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", LINT, "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert " 0 broken" in result.stdout
