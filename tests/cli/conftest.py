"""The command as a fixture."""

from __future__ import annotations

import pytest

from tests.cli.running import Command, in_process


@pytest.fixture
def gpsopt(capfd: pytest.CaptureFixture[str]) -> Command:
    """`gpsopt(*words)` in this process."""
    return in_process(capfd)
