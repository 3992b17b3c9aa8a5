"""Small panels as files, shared by all tests."""

import math
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

DAYS = 140
SHOPS = ("north", "south")


def sales(shop: int, day: int, noise: random.Random) -> int:
    """A week and a slow trend, with a little noise."""
    week = math.sin(2 * math.pi * day / 7)
    return round(100 * (shop + 1) + 30 * week + 0.1 * day + noise.gauss(0, 3))


@pytest.fixture(autouse=True, scope="session")
def without_prior() -> Iterator[None]:
    """Commands of tests train networks alone, which is quick, unless a test is about the prior."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORECAST_RNN_PRIOR", "none")
        yield


@pytest.fixture
def sales_csv(tmp_path: Path) -> Path:
    """Two shops, 140 days each: columns shop, date, sales."""
    return write_sales(tmp_path / "sales.csv")


@pytest.fixture
def one_csv(tmp_path: Path) -> Path:
    """One series of 140 days: columns date, sales."""
    return write_sales(tmp_path / "one.csv", shops=("",))


def write_sales(path: Path, shops: tuple[str, ...] = SHOPS, days: int = DAYS) -> Path:
    noise = random.Random(0)
    many = shops != ("",)
    lines = ["shop,date,sales" if many else "date,sales"]
    for number, shop in enumerate(shops):
        for day in range(days):
            when = date(2024, 1, 1) + timedelta(days=day)
            lines.append(f"{shop + ',' if many else ''}{when},{sales(number, day, noise)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def sales_writer() -> Callable[..., Path]:
    """Write sales to a path, for fixtures that outlive a test."""
    return write_sales
