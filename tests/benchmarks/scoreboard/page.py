"""The board as one page of Markdown, made of records alone."""

from collections.abc import Iterable, Mapping
from textwrap import wrap

from tests.benchmarks.scoreboard.arithmetic import geometric_mean, ratio
from tests.benchmarks.scoreboard.goals import Goal, chosen, official_goals, own_goals, ratios
from tests.benchmarks.scoreboard.known import Known
from tests.benchmarks.scoreboard.records import OFFICIAL, OWN, Record, Records
from tests.benchmarks.scoreboard.simple import BESIDE
from tests.benchmarks.scoreboard.tables import WIDTH, cover, markdown, number, seconds

COMMANDS = ("forecast", "train")
SHORT = dict(zip(BESIDE, ("naive", "snaive", "naive2", "ridge", "ETS", "Theta"), strict=True))
SPLIT = ("set", "MASE", "sMAPE", "OWA", "WQL", "cover", "s", "CPU", "MiB")
INTRODUCTION = (
    "Made by `python -m tests.benchmarks.scoreboard` of the lines beside it; not to be edited. "
    "Whole processes of the command by default. cover: percent of values inside the 80 % "
    "interval, and the 90 % one where there is one; s: seconds on the clock, CPU: of processors, "
    "MiB: peak of memory of the process. WQL: weighted quantile loss."
)

Before = Mapping[tuple[str, str], tuple[str, float]]


def page(records: Records, best: Mapping[str, Known], before: Before) -> str:
    """Write all tables that there are records for."""
    blocks = [["# Scoreboard"], wrap(INTRODUCTION, WIDTH)]
    blocks += _goals(records, best)
    for part, command, variant in sorted({key[:3] for key in records}):
        own = chosen(records, part, command, variant)
        title = f"## {_title(part)}, `{command}`" + (f", variant {variant}" if variant else "")
        blocks += [[title], _table(part, own, best), wrap(_origin(own.values()), WIDTH)]
    blocks += _against(records, before) + _worth(records)
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _title(part: str) -> str:
    if part == OFFICIAL:
        return "Official test rows"
    if part == OWN:
        return "Own backtests of bundled and candidate sets"
    back = part.rpartition("-")[2]
    return f"Before the test rows, {back} horizon{'' if back == '1' else 's'} back"


def _table(part: str, own: Mapping[str, Record], best: Mapping[str, Known]) -> list[str]:
    if part == OWN:
        return own_table(own)
    if part == OFFICIAL:
        found = ratios(own, best)
        return split_table(own, "best", {name: (best[name].mase, found[name]) for name in found})
    naive = {name: record.scores["seasonal_naive"] for name, record in own.items()}
    beside = {name: (naive[name], ratio(own[name].scores["mase"], naive[name])) for name in own}
    return split_table(own, "naive", beside)


def split_table(
    own: Mapping[str, Record],
    reference: str,
    beside: Mapping[str, tuple[float | None, float | None]],
) -> list[str]:
    """Lay out the records of sets with a split, with the geometric mean of the ratios.

    Args:
        own: By set.
        reference: Name of the column of what the MASE is held against.
        beside: That value, and the ratio to it, of the sets that have one.
    """
    rows = []
    for name, record in own.items():
        scores, cost = record.scores, record.cost
        figures = [number(scores[one]) for one in ("mase", "smape", "owa", "wql")]
        costs = [seconds(cost.wall), seconds(cost.cpu), f"{cost.peak:.0f}"]
        against = [number(value) for value in beside.get(name, (None, None))]
        rows.append([name, *figures, cover(scores), *costs, *against])
    mean = geometric_mean(value for _, value in beside.values())
    wall = sum(record.cost.wall for record in own.values())
    cpu = sum(record.cost.cpu for record in own.values())
    last = ["geometric mean, sum", *[""] * 5, seconds(wall), seconds(cpu), "", "", number(mean)]
    return markdown([*SPLIT, reference, "ratio"], [*rows, last])


def own_table(own: Mapping[str, Record]) -> list[str]:
    """Lay out the records of own backtests, with geometric means of both ratios."""
    rows, against = [], []
    for name, record in own.items():
        scores = record.scores
        known = [one for one in BESIDE if scores[one] is not None]
        which = SHORT[min(known, key=lambda one: scores[one] or 0.0)] if known else ""
        pair = [ratio(scores["mase"], scores[one]) for one in ("best", "ridge")]
        against.append(pair)
        figures = [f"{scores['cutoffs']:.0f}", number(scores["mase"]), cover(scores)]
        figures += [which, number(scores["best"]), number(scores["ridge"])]
        rows.append([name, *figures, *map(number, pair), seconds(record.cost.wall)])
    means = [number(geometric_mean(column)) for column in zip(*against, strict=True)]
    header = ("set", "n", "MASE", "cover", "best", "MASE", "ridge", "/best", "/ridge", "s")
    total = seconds(sum(record.cost.wall for record in own.values()))
    return markdown(header, [*rows, ["geometric mean", *[""] * 6, *means, total]])


def _origin(records: Iterable[Record]) -> str:
    """Say of which version, commit and days records are, and how many of each."""
    groups: dict[tuple[str, str, int], list[str]] = {}
    for one in records:
        made = one.made
        groups.setdefault((made.version, made.commit, made.cores), []).append(made.date)
    words = [
        f"{len(days)} by version {version} at commit {commit} with {cores} cores, {max(days)}"
        for (version, commit, cores), days in sorted(groups.items())
    ]
    return f"Sets: {'; '.join(words)}."


def _goals(records: Records, best: Mapping[str, Known]) -> list[list[str]]:
    goals = official_goals(records, best)
    goals += [goal for command in COMMANDS for goal in own_goals(records, command)]
    told = [goal for goal in goals if goal.met is not None]
    rows = [[goal.words, number(goal.value), _range(goal), _verdict(goal)] for goal in told]
    return [["## Goals"], markdown(("goal", "is", "shall be", "met"), rows)] if rows else []


def _range(goal: Goal) -> str:
    most = number(goal.most)
    return f"{number(goal.least)} to {most}" if goal.least else f"<= {most}"


def _verdict(goal: Goal) -> str:
    return "yes" if goal.met else "no"


def _against(records: Records, before: Before) -> list[list[str]]:
    """Hold both commands against the release before, where its scores are known."""
    rows: list[list[str]] = []
    changes: dict[str, list[float | None]] = {command: [] for command in COMMANDS}
    for (part, name), (metric, old) in before.items():
        now = [chosen(records, part, command).get(name) for command in COMMANDS]
        values = [None if one is None else one.scores[metric] for one in now]
        if values == [None] * len(COMMANDS):
            continue
        for command, value in zip(COMMANDS, values, strict=True):
            changes[command].append(ratio(value, old))
        rows.append([name, metric.upper(), number(old), *map(number, values)])
    means = [number(geometric_mean(changes[command])) for command in COMMANDS]
    rows.append(["geometric mean of now / before", "", "", *means])
    title = ["## Beside the release before (version 0.1.0)"]
    table = markdown(("set", "score", "before", *COMMANDS), rows)
    return [title, table] if len(rows) > 1 else []


def _worth(records: Records) -> list[list[str]]:
    """Say by how much each variant changes the geometric mean of MASE, on the sets of both."""
    rows = []
    for part, command, variant in sorted({key[:3] for key in records if key.variant}):
        usual, other = (chosen(records, part, command, name) for name in ("", variant))
        both = sorted(usual.keys() & other.keys())
        found = [ratio(other[name].scores["mase"], usual[name].scores["mase"]) for name in both]
        known = [value for value in found if value is not None]
        mean = geometric_mean(known)
        if mean is not None:
            worse = f"{sum(value > 1 for value in known)} of {len(known)}"
            rows.append([variant, part, command, f"{100 * (mean - 1):+.1f} %", worse])
    header = ("variant", "part", "command", "MASE", "worse on")
    title = ["## What variants change, against the command by default"]
    return [title, markdown(header, rows)] if rows else []
