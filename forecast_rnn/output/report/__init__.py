"""`report.html`: what a training brought, as one page that needs no network and no other file."""

import base64
import hashlib
import json
from importlib.resources import files

from forecast_rnn.output.report.content import content
from forecast_rnn.output.report.outcome import Outcome

__all__ = ["Outcome", "report"]

STYLES = ("page.css",)
SCRIPTS = ("charts.js", "pictures.js", "forecast.js", "summary.js", "page.js")


def report(outcome: Outcome) -> str:
    """Write a training up as a page of HTML; the same outcome gives the same text.

    The page holds its data, its style and its script, and forbids itself to load or run
    anything else. Text of users is escaped, and shown with control characters spelt out.
    """
    # Not at the top, as it takes a tenth of a second that other commands need not spend.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters["signed"] = _signed
    style, script = _joined(STYLES), _joined(SCRIPTS)
    words, data = content(outcome)
    return environment.from_string(_text("page.html.j2")).render(
        **words,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        data=_embedded(data),
    )


def _signed(text: str) -> str:
    """Return a number with a true minus sign, and a dash for none."""
    return "\u2013" if text == "-" else text.replace("-", "\u2212")


def _joined(names: tuple[str, ...]) -> str:
    return "\n" + "\n".join(_text(name) for name in names)


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return what a content security policy knows a script or a style by."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _embedded(data: object) -> str:
    """Write JSON that no text in it can end or turn into markup."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
