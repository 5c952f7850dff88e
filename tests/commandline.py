"""Running our commands in tests as an operator does: arguments in, one JSON document out."""

import io
import json
from typing import Any

from django.core.management import call_command


def run(name: str, *arguments: object) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON answer of a command."""
    out = io.StringIO()
    code = 0
    try:
        call_command(name, *map(str, arguments), "--json", stdout=out)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, json.loads(out.getvalue())


def done(name: str, *arguments: object) -> dict[str, Any]:
    """The answer of a command that must succeed."""
    code, answer = run(name, *arguments)
    assert code == 0, answer
    return answer
