import sys
from types import ModuleType

import pytest

import forecast_rnn.api


@pytest.fixture
def fake_api(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """An empty stand-in for `forecast_rnn.api.train`, so that no test here loads torch."""
    module = ModuleType("forecast_rnn.api.train")
    monkeypatch.setitem(sys.modules, "forecast_rnn.api.train", module)
    monkeypatch.setattr(forecast_rnn.api, "train", module, raising=False)
    return module


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The same for `forecast_rnn.api.model`."""
    module = ModuleType("forecast_rnn.api.model")
    monkeypatch.setitem(sys.modules, "forecast_rnn.api.model", module)
    return module


@pytest.fixture(autouse=True, scope="module")
def plain_environment():
    """Options are what they are without the environment: no network is trained here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FORECAST_RNN_PRIOR", raising=False)
        yield
