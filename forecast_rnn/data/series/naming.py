"""One readable name for each series, whatever its ids hold."""

import polars as pl


def item_names(items: pl.DataFrame) -> list[str]:
    r"""Return the ids of each item joined by `/`; no two items have the same name.

    Where ids hold a `/` themselves, so that two items would (`x/y`, `z` and `x`, `y/z`), each `/`
    and `\` inside an id of any item gets a `\` before it: `x\/y/z` and `x/y\/z`.

    Args:
        items: One or more id columns, no two rows of which are the same, [N].
    """
    texts = items.select(pl.all().cast(pl.String))
    names = _joined(texts)
    if texts.width > 1 and names.n_unique() < len(names):
        names = _joined(texts.select(pl.all().str.replace_all(r"([/\\])", r"\$1")))
    return names.to_list()


def _joined(texts: pl.DataFrame) -> pl.Series:
    return texts.select(pl.concat_str(pl.all(), separator="/")).to_series()
