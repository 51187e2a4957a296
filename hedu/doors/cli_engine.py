"""An engine's URL -> what works there, line by line, with what to do about what does not."""

from __future__ import annotations

import json
import sys
from typing import Literal

from hedu.doors.engine_trial import Trial, trials
from hedu.engine.shown import shown_url

_MARKS = {"works": "✓", "fails": "✗", "absent": "–"}
_SUMS = {
    "zh": "{works} 项可用，{fails} 项不行，{absent} 项没有。",
    "en": "{works} work, {fails} do not, {absent} are absent.",
}


def test_engine(url: str, *, as_json: bool, lang: Literal["zh", "en"]) -> int:
    """Try the engine. Exit 3 where something fails."""
    found = []
    for trial in trials(url):
        found.append(trial)
        if not as_json:
            _show(trial, lang)
    counts = {outcome: sum(one.outcome == outcome for one in found) for outcome in _MARKS}
    if as_json:
        told = {"engine": shown_url(url), "trials": [_as_json(one, lang) for one in found], **counts}
        json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(_SUMS[lang].format(**counts))
    return 3 if counts["fails"] else 0


def _show(trial: Trial, lang: Literal["zh", "en"]) -> None:
    took = f"  {trial.milliseconds:g} ms" if trial.milliseconds else ""
    print(f"{_MARKS[trial.outcome]} {trial.label.text(lang)}{took}", flush=True)
    for line in _explained(trial, lang):
        print(f"  {line}", flush=True)


def _explained(trial: Trial, lang: Literal["zh", "en"]) -> list[str]:
    lines = [trial.note.text(lang)] if trial.note.text(lang) else []
    if trial.problem is not None:
        lines += [f"{trial.problem.code}: {trial.problem.what(lang)}", trial.problem.hint(lang)]
    return lines


def _as_json(trial: Trial, lang: Literal["zh", "en"]) -> dict[str, object]:
    told: dict[str, object] = {
        "name": trial.name,
        "label": trial.label.text(lang),
        "outcome": trial.outcome,
        "milliseconds": trial.milliseconds,
        "note": trial.note.text(lang),
    }
    return {**told, "problem": trial.problem.as_json(lang)} if trial.problem is not None else told
