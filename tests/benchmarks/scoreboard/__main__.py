"""Run what is asked for and not done yet, set by set, and print the board."""

import argparse
import json
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.benchmarks import parsed
from tests.benchmarks.scoreboard import __doc__ as about
from tests.benchmarks.scoreboard import official, own
from tests.benchmarks.scoreboard.arithmetic import Scores
from tests.benchmarks.scoreboard.cost import Cost, RunFailed
from tests.benchmarks.scoreboard.known import HERE, before, best_known
from tests.benchmarks.scoreboard.page import COMMANDS, page
from tests.benchmarks.scoreboard.records import (
    OFFICIAL,
    OWN,
    Key,
    Record,
    add,
    load,
    made_by,
    pending,
    rolling,
)

Measure = Callable[[list[str], list[str]], tuple[Cost, Scores]]
"""Runs program and command with options on a set; returns what it cost and its scores."""


def main() -> int:
    """Run, write and print; return 1 if a set failed."""
    arguments, options = parsed(_parser())
    if bool(options) != bool(arguments.variant):
        raise SystemExit("options after -- make a variant, which --variant names, and no other")
    failed = run_all(arguments, options) if arguments.data or arguments.own else 0
    text = page(load(arguments.out), best_known(), before())
    arguments.out.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text, end="")
    return min(failed, 1)


def run_all(arguments: argparse.Namespace, options: list[str]) -> int:
    """Run the sets that are not done, and keep a record of each; return how many failed."""
    program = shlex.split(arguments.program)
    part, sets = sets_of(arguments)
    names = arguments.sets.split(",") if arguments.sets else list(sets)
    if strange := sorted(set(names) - set(sets)):
        raise SystemExit(f"there is no set '{strange[0]}'; choose from {', '.join(sets)}")
    keys = [Key(part, arguments.command, arguments.variant, name) for name in names]
    todo = pending(keys, load(arguments.out), again=arguments.again)
    made = made_by(program, options) if todo else None
    command = own.BACKTESTS[arguments.command] if part == OWN else arguments.command
    failed = 0
    for key in todo:
        try:
            cost, scores = sets[key.name]([*program, command], options)
        except RunFailed as failure:
            failed += 1
            print(f"{key.name}: {failure}", file=sys.stderr, flush=True)
            continue
        assert made is not None
        add(arguments.out, Record(key, made, cost, scores))
        print(f"{key.name}: MASE {scores['mase']}, {cost.wall} s", file=sys.stderr, flush=True)
    return failed


def sets_of(arguments: argparse.Namespace) -> tuple[str, dict[str, Measure]]:
    """Return the part of the board that is asked for, and how to measure each of its sets."""
    if arguments.own:
        done = load(arguments.out)
        scores = {key: one.scores for key, one in done.items() if key.part == OWN}
        return OWN, {
            one.name: partial(
                _measure_own, one, [known for key, known in scores.items() if key.name == one.name]
            )
            for one in own.own_sets(arguments.data)
        }
    registry = json.loads((arguments.data / "registry.json").read_text())
    back = arguments.rolling
    sets: dict[str, Measure] = {
        name: partial(_measure_split, arguments.data / name, facts, back)
        for name, facts in registry.items()
    }
    return rolling(back) if back else OFFICIAL, sets


def _measure_own(
    one: own.OwnSet, earlier: list[Scores], words: list[str], options: list[str]
) -> tuple[Cost, Scores]:
    return own.measure(words, one, options, earlier)


def _measure_split(
    source: Path, facts: official.Facts, back: int, words: list[str], options: list[str]
) -> tuple[Cost, Scores]:
    cut = official.split(source, facts, back)
    cost, scores = official.measure(words, cut, options)
    return cost, official.with_references(source.name, cut, scores, facts, back)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.scoreboard",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, nargs="?", help="folder of the sets")
    parser.add_argument("--command", choices=COMMANDS, default="train")
    parser.add_argument("--sets", default="", help="names by comma; else all")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--own", action="store_true")
    part.add_argument("--rolling", type=int, nargs="?", const=1, default=0, metavar="N")
    parser.add_argument(
        "--program", default="forecast-rnn", help="the command, split as by a shell"
    )
    parser.add_argument("--out", type=Path, default=HERE / "results.jsonl")
    parser.add_argument("--again", action="store_true", help="run done sets too")
    parser.add_argument("--variant", default="", help="name of the options after --")
    return parser


if __name__ == "__main__":
    sys.exit(main())
