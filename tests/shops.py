"""Sales of two shops that follow what is known of them, as a frame or as CSV."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

SHOPS = ("north", "south")
START = date(2024, 1, 1)
QUIET = {"prior": "none", "steps": 20, "hidden_size": 8, "members": 1, "threads": 1}


def promotion(shop: int, day: int) -> int:
    """Whether there is a promotion: every few days, without a rhythm of a week."""
    return int((day * day + 3 * day * shop + shop) % 11 < 3)


def shop_frame(days: int = 84, ahead: int = 0) -> pl.DataFrame:
    """Return daily rows with a static, a past and two known columns; rows ahead have no sales."""
    rows = []
    for number, shop in enumerate(SHOPS):
        for day in range(days + ahead):
            on = promotion(number, day)
            rows.append(
                {
                    "shop": shop,
                    "day": START + timedelta(days=day),
                    "sales": 100.0 * (number + 1) + day % 7 + 60 * on if day < days else None,
                    "region": "coast" if number else "hills",
                    "degrees": 10.0 + day % 5 if day < days else None,
                    "sky": ("rain", "sun", "fog")[day % 3] if day < days else None,
                    "promotion": on,
                    "slogan": "big" if on else "none of it",
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def written(frame: pl.DataFrame, path: Path) -> Path:
    """Write a frame as CSV."""
    frame.write_csv(path)
    return path
