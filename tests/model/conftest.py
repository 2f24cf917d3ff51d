"""The cases' models, each built once."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

from tests.model.cases import CASES, made


@pytest.fixture(scope="package")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pyo.ConcreteModel]:
    return {name: made(name, tmp_path_factory.mktemp("case")) for name in CASES}
