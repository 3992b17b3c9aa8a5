"""What a report says of classes: figures on top, errors by step, and whether probabilities hold."""

from forecast_rnn.data.words import counted
from forecast_rnn.evaluation.verdict import NETWORK
from forecast_rnn.output.readable import number, percent
from forecast_rnn.output.report.evidence import best_label
from forecast_rnn.output.report.outcome import Outcome, Sections

CLIMATOLOGY = "climatology"


def class_sections(outcome: Outcome) -> Sections:
    """Compare the network with the best baseline; series are not pictured."""
    label = best_label(outcome.verdict)
    return Sections(
        tiles=_tiles(outcome, label) if outcome.verdict.errors else [],
        figures=outcome.evidence.figures,
        error="share of wrong classes",
        baseline=label,
    )


def _tiles(outcome: Outcome, label: str) -> list[tuple[str, str, str]]:
    verdict = outcome.verdict
    other = percent(1 - verdict.errors[str(verdict.best_baseline)])
    score = {(model, metric): value for model, metric, value in outcome.scores.iter_rows()}
    usual = number(score[CLIMATOLOGY, "log_loss"])
    return [
        ("Right class", percent(1 - verdict.errors[NETWORK]), f"{label} {other}"),
        ("Log loss", number(score[NETWORK, "log_loss"]), f"class frequencies {usual}"),
        (
            "Calibration error",
            percent(score[NETWORK, "calibration_error"]),
            "of the probabilities; best is 0",
        ),
        (
            "Tested on",
            counted(verdict.windows, "forecast"),
            f"of {counted(outcome.task.horizon, 'step')}",
        ),
    ]
