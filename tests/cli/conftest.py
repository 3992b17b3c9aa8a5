import sys
from types import ModuleType

import pytest

import forecast_rnn


@pytest.fixture
def fake_api(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """An empty stand-in for `forecast_rnn.api`, so that no test here loads torch."""
    module = ModuleType("forecast_rnn.api")
    monkeypatch.setitem(sys.modules, "forecast_rnn.api", module)
    monkeypatch.setattr(forecast_rnn, "api", module, raising=False)
    return module


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The same for `forecast_rnn.model`."""
    module = ModuleType("forecast_rnn.model")
    monkeypatch.setitem(sys.modules, "forecast_rnn.model", module)
    return module
