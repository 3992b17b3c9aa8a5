"""What a comparison of cells says, in plain words and without mercy."""

from collections.abc import Iterator, Sequence

from forecast_rnn.api.compare.ranking import MEANT, TEXTBOOK, Contrast, Ranking
from forecast_rnn.api.compare.runs import BASELINE, CELL
from forecast_rnn.evaluation.noise import MORE, NO_MORE
from forecast_rnn.output.readable import number, percent

Words = dict[tuple[str, str], str]


def sentences(ranking: Ranking, contrasts: Sequence[Contrast]) -> tuple[str, ...]:
    """Say which cell is best, whether by more than noise, and what the textbook cell costs."""
    words = {(one.model, one.against): one.words for one in contrasts}
    return (
        *_about_best(ranking, words),
        *_about_baselines(ranking, words),
        *_about_textbook(ranking, words),
        *_about_seeds(ranking),
    )


def _about_best(ranking: Ranking, words: Words) -> Iterator[str]:
    best, cells = ranking.best, [name for name in ranking.models if ranking.kind(name) == CELL]
    count = len(ranking.errors(best)[0])
    over = f"{count:,} {ranking.unit if count > 1 else ranking.unit.removesuffix('s')}"
    seeds = f"{ranking.seeds} seeds" if ranking.seeds > 1 else "one seed"
    figure = f"{ranking.metric.upper()} {number(ranking.score(best))}"
    others = [name for name in cells if name != best]
    if not others:
        yield f"{best} is the only cell ({figure}, over {over} and {seeds})."
        return
    yield f"{best} is the most accurate cell ({figure}, over {over} and {seeds})."
    near = [name for name in others if words[name, best] == NO_MORE]
    far = [name for name in others if words[name, best] == MORE]
    if far:
        yield f"It beats {_listed(far)} by more than noise."
    if near and far:
        yield f"Its lead over {_listed(near)} is no more than noise."
    elif near:
        yield f"Its lead is no more than noise: {_listed(near)} may be as good."
    if not near and not far:
        yield "That is too few to tell a lead from noise."


def _about_baselines(ranking: Ranking, words: Words) -> Iterator[str]:
    best = ranking.best
    baseline = next((name for name in ranking.models if ranking.kind(name) == BASELINE), None)
    if baseline is None:
        return
    theirs, ours = ranking.score(baseline), ranking.score(best)
    start = f"The best baseline is {baseline} ({ranking.metric.upper()} {number(theirs)})"
    if ours <= theirs:
        lower = percent(1 - ours / theirs if theirs else 0.0)
        yield f"{start}; the error of {best} is {lower} lower, which is {words[baseline, best]}."
        return
    lower = percent(1 - theirs / ours)
    yield (
        f"{start}, which beats every cell: its error is {lower} lower than that of {best}, which "
        f"is {words[baseline, best]}."
    )


def _about_textbook(ranking: Ranking, words: Words) -> Iterator[str]:
    if not {TEXTBOOK, MEANT} <= ranking.models.keys():
        return
    printed, meant = ranking.score(TEXTBOOK), ranking.score(MEANT)
    verdict = words.get((TEXTBOOK, MEANT)) or words[MEANT, TEXTBOOK]
    figures = f"({ranking.metric.upper()} {number(printed)} against {number(meant)})"
    if printed >= meant:
        cost = f"costs {percent(printed / meant - 1 if meant else 0.0)} of accuracy {figures}"
    else:
        cost = f"costs nothing here {figures}"
    yield (
        f"The {TEXTBOOK} cell, whose candidate is never used, {cost} against a real {MEANT}; the "
        f"difference is {verdict}."
    )


def _about_seeds(ranking: Ranking) -> Iterator[str]:
    if ranking.seeds == 1:
        yield "With one seed, the luck of a start is not counted as noise; --seeds 3 does."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
