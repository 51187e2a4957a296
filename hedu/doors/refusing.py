"""What keeps a command from its end -> an error of ours, told on standard error in the language of the terminal."""

from __future__ import annotations

import errno
import os
import sys
from typing import Literal

from hedu.errors import DefinitionError, HeduError

INTERRUPTED = 130
"""The exit code of what Ctrl-C ended."""


def language() -> Literal["zh", "en"]:
    """HEDU_LANG, else what the terminal speaks; Chinese unless it clearly speaks English."""
    spoken = os.environ.get("HEDU_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "zh"
    return "en" if spoken.lower().startswith("en") else "zh"


def refused(error: OSError) -> HeduError:
    """What the system refused, as an error of ours; what is about no file is raised as it is."""
    if error.filename is None and error.errno != errno.ENOSPC:
        raise error
    path = os.fsdecode(error.filename) if error.filename is not None else "-"
    return DefinitionError("file-refused", path=path, reason=error.strerror or str(error))


def report(error: HeduError, *, as_json: bool) -> None:
    """Every problem of an error, on standard error."""
    lang = language()
    if as_json:
        import json

        body = {"problems": [problem.as_json(lang) for problem in error.problems]}
        print(json.dumps(body, ensure_ascii=False), file=sys.stderr)
        return
    for problem in error.problems:
        place = f"  {problem.where}" if problem.where else ""
        print(f"{problem.code}{place}\n{problem.what(lang)}\n{problem.hint(lang)}\n", file=sys.stderr)
