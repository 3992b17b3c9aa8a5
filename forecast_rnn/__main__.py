"""`python -m forecast_rnn` and the `forecast-rnn` command."""

import sys

from forecast_rnn.cli import main


def run() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(main())


if __name__ == "__main__":
    run()
