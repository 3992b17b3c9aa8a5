"""What the board has to show, and whether it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.scoreboard.arithmetic import geometric_mean, ratio
from tests.benchmarks.scoreboard.known import Known
from tests.benchmarks.scoreboard.records import OFFICIAL, OWN, Record, Records

BARS = {
    "m4_hourly": ("owa", 0.39),
    "m4_weekly": ("owa", 0.69),
    "m4_yearly": ("owa", 0.765),
    "m3_yearly": ("mase", 2.55),
    "m3_quarterly": ("mase", 1.08),
    "m1_monthly": ("mase", 1.00),
    "hospital": ("mase", 0.75),
    "nn5_daily": ("mase", 0.80),
    "electricity_weekly": ("mase", 0.76),
    "tourism_quarterly": ("mase", 1.42),
}
"""The most that `train` may score on a set."""
ENOUGH_CUTOFFS = 5


@dataclass(frozen=True)
class Goal:
    """A number that has to lie in a range.

    Attributes:
        words: What the number is.
        value: The number; None if nothing was run that tells it.
        least, most: The range.
    """

    words: str
    value: float | None
    most: float
    least: float = 0.0

    @property
    def met(self) -> bool | None:
        """Whether it does; None if it is not known."""
        return None if self.value is None else self.least <= self.value <= self.most


def chosen(records: Records, part: str, command: str, variant: str = "") -> dict[str, Record]:
    """Return the records of a part, command and variant, by set."""
    wanted = (part, command, variant)
    return {key.name: one for key, one in sorted(records.items()) if key[:3] == wanted}


def ratios(records: Mapping[str, Record], best: Mapping[str, Known]) -> dict[str, float | None]:
    """Return MASE over the best known value, of each set that has one."""
    return {
        name: ratio(record.scores["mase"], best[name].mase)
        for name, record in records.items()
        if name in best
    }


def share_of_seconds(records: Records) -> float | None:
    """Return the processor seconds of `forecast` over those of `train`, on sets that both ran."""
    quick, slow = (chosen(records, OFFICIAL, command) for command in ("forecast", "train"))
    both = quick.keys() & slow.keys()
    return ratio(*(sum(own[name].cost.cpu for name in both) for own in (quick, slow)))


def official_goals(records: Records, best: Mapping[str, Known]) -> list[Goal]:
    """Judge both commands on the official test rows."""
    zero = ratios(chosen(records, OFFICIAL, "forecast"), best)
    trained = chosen(records, OFFICIAL, "train")
    against = ratios(trained, best)
    known = [value for value in against.values() if value is not None]
    mean, share = geometric_mean(zero.values()), share_of_seconds(records)
    goals = [
        Goal("`forecast`: geometric mean of MASE / best known", mean, 1.00),
        Goal("`forecast`: processor seconds / those of `train`", share, 0.01),
        Goal("`train`: geometric mean of MASE / best known", geometric_mean(known), 0.93),
        Goal("`train`: largest MASE / best known", max(known, default=None), 1.03),
    ]
    for name, (metric, bar) in BARS.items():
        value = trained[name].scores[metric] if name in trained else None
        goals.append(Goal(f"`train`: {metric.upper()} of {name}", value, bar))
    return goals


def own_goals(records: Records, command: str) -> list[Goal]:
    """Judge a command on the bundled and candidate sets."""
    scores = [record.scores for record in chosen(records, OWN, command).values()]
    best = [ratio(one["mase"], one["best"]) for one in scores]
    ridge = [value for one in scores if (value := ratio(one["mase"], one["ridge"])) is not None]
    held = [one["coverage_80"] for one in scores if one["coverage_80"] is not None]
    # Where few cutoffs tell of it, the share of one set says little.
    told = [one["coverage_80"] for one in scores if (one["cutoffs"] or 0) >= ENOUGH_CUTOFFS]
    astray = sum(not 0.70 <= share <= 0.90 for share in told if share is not None)
    name, mean = f"`{command}`, own sets", geometric_mean(best)
    return [
        Goal(f"{name}: geometric mean of MASE / best baseline", mean, 0.93),
        Goal(f"{name}: share of sets worse than ridge", _mean([one > 1 for one in ridge]), 1 / 8),
        Goal(f"{name}: mean share inside 80 % intervals", _mean(held), 0.84, 0.76),
        Goal(f"{name}: sets of 5 cutoffs outside 70-90 %", float(astray) if told else None, 0.0),
    ]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
