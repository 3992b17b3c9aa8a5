import shlex
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import forecast_rnn.api
from forecast_rnn.api.reproduce import title_of, training_command
from forecast_rnn.cli import app
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import DUPLICATES, MISSING, Hints
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.heads import CLASSIFIERS, HEADS

NOTHING_SAID = {"horizon": None, "season": None, "quantiles": None, "future": None}


@pytest.fixture(autouse=True, scope="module")
def plain_environment():
    """Options are what they are without the environment: no network is trained here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FORECAST_RNN_PRIOR", raising=False)
        yield


@pytest.fixture
def asked(monkeypatch):
    """What the command line asks of the library."""
    calls = SimpleNamespace()

    def train(data, **named):
        vars(calls).update(named, data=data)
        raise KeyboardInterrupt

    module = ModuleType("forecast_rnn.api.train")
    module.train = train
    monkeypatch.setitem(sys.modules, "forecast_rnn.api.train", module)
    monkeypatch.setattr(forecast_rnn.api, "train", module, raising=False)
    return calls


@pytest.mark.parametrize(
    ("hints", "config", "others"),
    [
        (Hints(), TrainConfig(), {}),
        (Hints(), TrainConfig(calendar=False, device="cpu", threads=2), {"season": 24}),
        (
            Hints(
                time="the day",
                target=("a", "b"),
                item_id=("shop", "it's"),
                frequency="1mo",
                date_format="%d/%m/%Y",
                time_zone="Europe/Berlin",
                duplicates="sum",
                missing="zero",
                encoding="cp1252",
                static=("region",),
                past=("weather",),
                known=("price", "promo"),
                categorical=("promo",),
                numeric=("price",),
                cutoff="2024-02-29",
                holidays=("DE", "US"),
            ),
            TrainConfig(
                cell="lstm",
                hidden_size=8,
                head="poisson",
                dilation=(1, 4),
                residual=True,
                attention=True,
                layers=2,
                members=3,
                steps=20,
                batch_size=4,
                learning_rate=0.01,
                seed=5,
                calendar=True,
            ),
            {"horizon": 9, "quantiles": (0.05, 0.5, 0.95), "future": "ahead.csv"},
        ),
        (Hints(wide=True, target=("-x",)), TrainConfig(), {}),
    ],
    ids=["nothing", "switches", "everything", "wide"],
)
def test_the_command_asks_for_the_same_again(hints, config, others, asked):
    others = NOTHING_SAID | others
    command = training_command("/data/my sales.csv", hints, config, others)

    CliRunner().invoke(app, shlex.split(command)[1:])

    assert asked.data == "/data/my sales.csv"
    assert (asked.hints, asked.config) == (hints, config)
    assert asked.quantile_levels == others["quantiles"]
    assert (asked.horizon, asked.season) == (others["horizon"], others["season"])
    assert asked.future == others["future"]


@st.composite
def any_hints(draw):
    """Hints with columns of odd names: commas, quotes, blanks, backslashes, dashes."""
    name = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
    odd = st.text("ab ,'\\-\"=$", min_size=1)
    names = (name | odd).filter(str.strip)
    columns = draw(st.lists(names, unique=True, min_size=1, max_size=9))
    place = st.integers(0, len(columns))
    first, second, third = sorted(draw(st.tuples(place, place, place)))
    static, past, known = columns[:first], columns[first:second], columns[second:third]
    named = [*static, *past, *known]
    kinds = [draw(st.sampled_from(["name", "number", "found"])) for _ in named]
    return Hints(
        time=draw(st.none() | names.filter(lambda name: name not in named)),
        target=tuple(columns[third:]),
        item_id=tuple(draw(st.lists(st.text("xyz", min_size=10), max_size=2))),
        frequency=draw(st.sampled_from([None, "h", "2mo"])),
        date_format=draw(st.none() | names),
        time_zone=draw(st.sampled_from([None, "Europe/Berlin"])),
        duplicates=draw(st.sampled_from(DUPLICATES)),
        missing=draw(st.sampled_from(MISSING)),
        encoding=draw(st.sampled_from([None, "cp1252"])),
        static=tuple(static),
        past=tuple(past),
        known=tuple(known),
        categorical=tuple(n for n, kind in zip(named, kinds, strict=True) if kind == "name"),
        numeric=tuple(n for n, kind in zip(named, kinds, strict=True) if kind == "number"),
        holidays=draw(st.sampled_from([(), ("DE",), ("US", "DE-BY")])),
        cutoff=draw(st.none() | names),
    )


def maybe(values):
    return st.none() | values


@st.composite
def any_config(draw):
    head = draw(st.sampled_from(list(HEADS)))
    layers = draw(maybe(st.integers(1, 4)))
    return TrainConfig(
        cell=draw(st.sampled_from(list(CELLS))),
        head=head,
        classes=draw(maybe(st.integers(2, 10))) if head in CLASSIFIERS else None,
        round=head not in CLASSIFIERS and draw(st.booleans()),
        hidden_size=draw(maybe(st.integers(1, 4096))),
        layers=layers,
        dilation=draw(st.sampled_from([(), tuple(range(1, 1 + (layers or 2)))])),
        residual=draw(st.booleans()),
        attention=draw(st.booleans()),
        calendar=draw(maybe(st.booleans())),
        members=draw(st.integers(1, 64)),
        steps=draw(maybe(st.integers(1, 1_000_000))),
        batch_size=draw(maybe(st.integers(1, 65_536))),
        learning_rate=draw(maybe(st.floats(1e-8, 1.0))),
        seed=draw(st.integers(0, 2**31 - 1)),
        device=draw(st.sampled_from(["auto", "cpu"])),
        precision=draw(st.sampled_from(["float32", "bfloat16"])),
        threads=draw(maybe(st.integers(1, 1024))),
    )


levels = st.lists(st.floats(0.001, 0.999), unique=True, max_size=5).map(
    lambda some: tuple(sorted({*some, 0.5}))
)
OTHERS = st.fixed_dictionaries(
    {
        "horizon": maybe(st.integers(1, 10_000)),
        "season": maybe(st.integers(1, 100_000)),
        "quantiles": maybe(levels),
        "future": maybe(st.sampled_from(["-", "ahead.csv", "../my ahead.csv", "-x.csv"])),
        "out": maybe(st.sampled_from(["there", "/far/my folder", "-out"])),
        **dict.fromkeys(("gate", "fallback", "workbook", "strict"), st.booleans()),
    }
)


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hints=any_hints(), config=any_config(), others=OTHERS)
def test_any_command_is_read_as_what_it_was_made_of(hints, config, others, asked):
    words = shlex.split(training_command("some/sales.csv", hints, config, others))

    result = CliRunner().invoke(app, words[1:])

    assert result.exit_code == 130, result.stderr  # by the stand-in for training
    assert (asked.data, asked.hints, asked.config) == ("some/sales.csv", hints, config)
    assert asked.quantile_levels == others["quantiles"]
    assert asked.out == Path(others["out"] or "sales-forecast")
    same = ("horizon", "season", "future", "gate", "fallback", "workbook", "strict")
    assert {name: getattr(asked, name) for name in same} == {name: others[name] for name in same}


def test_the_seed_and_the_folders_are_said():
    others = NOTHING_SAID | {"out": Path("/far/out")}
    command = training_command(Path("/home/me/sales.csv"), Hints(), TrainConfig(), others)

    assert command == "forecast-rnn train /home/me/sales.csv --out /far/out --seed 0"


def test_a_file_that_looks_like_an_option_is_told_by_its_folder():
    assert training_command("-x.csv", Hints(), TrainConfig(), {}).split()[2] == "./-x.csv"
    assert training_command("-", Hints(), TrainConfig(), {}).split()[2] == "-"


def test_tables_have_names_to_be_filled_in():
    frame = pl.DataFrame()
    command = training_command(frame, Hints(), TrainConfig(), {"future": frame})

    assert command == "forecast-rnn train DATA --future FUTURE.csv --seed 0"


@pytest.mark.parametrize(
    ("data", "title"),
    [("/far/sales.v2.csv.gz", "sales.v2"), ("-", "standard input"), (pl.DataFrame(), "Table")],
)
def test_a_report_is_headed_by_the_name_of_the_file(data, title):
    assert title_of(data) == title
