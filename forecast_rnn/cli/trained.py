"""What `train` and `forecast` have to say of what they made."""

import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from forecast_rnn.cli.console import (
    network_line,
    show_facts,
    show_json,
    show_table,
    show_text,
    show_warnings,
)
from forecast_rnn.cli.evaluation import GATE_FAILED, scores_by_model, show_scores
from forecast_rnn.cli.outcome import INCOMPLETE, missing_sentence
from forecast_rnn.output.readable import number

if TYPE_CHECKING:
    from forecast_rnn.api.trained import Trained

FILES = ("model", "forecast.csv", "backtest.parquet", "scores.csv", "report.html")
WORKBOOK = "forecast.xlsx"


def tell(trained: "Trained", *, quiet: bool, json: bool) -> None:
    """Say how it went; exit with another code if a series has no forecast."""
    show_warnings(trained.warnings)
    if not quiet:
        show_outcome(trained)
    if json:
        show_json(document(trained))
    if trained.shut is not None:
        show_warnings([trained.shut])
        raise typer.Exit(GATE_FAILED)
    if trained.missing:
        show_warnings([missing_sentence(trained.missing)])
        raise typer.Exit(INCOMPLETE)


def show_outcome(trained: "Trained") -> None:
    """Show the network, the scores, the verdict, the files and the next command."""
    show_facts({"network": network_line(trained.settings)})
    show_worth(trained)
    show_text()
    show_scores(scores_by_model(trained.scores))
    show_text(" ".join(trained.verdict.sentences) + "\n")
    folder = str(trained.folder)
    show_facts(
        {
            "wrote": f"{folder}: {', '.join(files(trained))}",
            "next": f"forecast-rnn predict {shlex.quote(folder)}",
        }
    )


def show_worth(trained: "Trained") -> None:
    """Show what each source of a forecast was worth on held-back rows, if there are several."""
    if not trained.worth:
        return
    show_text()
    rows = [
        (one.name.replace("_", " "), number(one.score), f"{one.weight:.0%}")
        for one in trained.worth
    ]
    header = ["source", "loss on earlier rows", "weight"]
    show_table(header, rows, numbers=header[1:])


def document(trained: "Trained") -> dict[str, object]:
    """Gather the outcome for a program to read."""
    return {
        "format": 1,
        "folder": str(trained.folder),
        "files": files(trained),
        "found": trained.findings.facts,
        "settings": trained.settings,
        "sources": [asdict(one) for one in trained.worth],
        "scores": scores_by_model(trained.scores),
        "verdict": asdict(trained.verdict),
        "shut": trained.shut,
        "fallback": trained.fallback,
        "missing": trained.missing,
        "warnings": (*trained.findings.warnings, *trained.warnings),
    }


def files(trained: "Trained") -> list[str]:
    """Return the names of what was written."""
    written = [name for name in FILES if name != "forecast.csv" or trained.publishes]
    # A folder without a workbook may hold none of an earlier training either.
    has_workbook = trained.folder is not None and (trained.folder / WORKBOOK).is_file()
    return [*written, WORKBOOK] if has_workbook else written
