"""The scoreboard: how accurate the installed command is, set by set, and what it costs.

    python -m tests.benchmarks.scoreboard [DATA] [--command forecast|train] [--sets A,B]
        [--rolling [N] | --own] [--program WORDS] [--out FILE] [--again]
        [--variant NAME -- OPTION …]

DATA holds `registry.json` and, a folder a set, `train.parquet` and `test.parquet` with columns
unique_id, ds, y. Each set is made into a CSV and given to a whole process of the command, with
`--horizon`, and `--freq` where times are integers, and nothing else; its forecast.csv is scored
against the official test rows.

`--rolling N` scores rows before these: the last N horizons of the training rows are held back,
and the first of them is forecast. Constants are settled there, so that no test row is used up.

`--own` scores the bundled sets, and those in DATA if it is given, a folder with `index.json`
and a CSV a set. The command forecasts from cutoffs of its own choice; naive, seasonal naive,
Naive2, ridge, AutoETS and AutoTheta forecast from the same ones. The last two take minutes, and
are taken from an earlier line of FILE if the quick ones score there as now.

Every finished set is a line of FILE (`results.jsonl` here unless said), and is skipped by the
next run unless `--again`. What is printed, and written as Markdown beside FILE, is made of these
lines alone; without DATA and `--own` nothing is run. A variant is the command with the options
after `--`: its lines stand apart, and a table says what it changes. Exits 1 if a set failed.

Peaks of memory are those of the largest process of a run. Needs Linux or macOS.
"""
