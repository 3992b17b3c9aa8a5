"""Benchmarks, run by hand; each says at its top what it measures and needs."""

import argparse
import sys


def parsed(parser: argparse.ArgumentParser) -> tuple[argparse.Namespace, list[str]]:
    """Return the arguments of a benchmark, and those after `--`, which go to the command."""
    given = sys.argv[1:]
    place = given.index("--") if "--" in given else len(given)
    return parser.parse_args(given[:place]), given[place + 1 :]
