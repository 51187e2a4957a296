"""The page on defining a metric shows what is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from hedu.define.definitions import Body
from hedu.define.read import read
from hedu.define.style import restyle
from hedu.doors.cli_define import problem_text
from hedu.model.checks import advice, faults
from hedu.model.resolve import resolve

PAGE = (Path(__file__).resolve().parents[2] / "docs/do/define-a-metric.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_its_definitions_are_sound() -> None:
    definitions, problems = read({f"{at}.yml": text for at, text in enumerate(BLOCKS)})
    model, more = resolve(definitions)
    assert (*problems, *more, *faults(model), *advice(model)) == ()
    kinds = {type(metric.body) for metric in definitions.metrics}
    assert kinds == set(get_args(Body))


def test_its_definitions_are_in_style() -> None:
    for text in BLOCKS:
        assert restyle("a.yml", text)[0] == text


def test_its_mistake_is_shown_as_it_says() -> None:
    text = "version: 1\nmetric: m\ndirectoin: up\nsimple: orders.amount\n"
    _, (problem,) = read({"sales.yml": text})
    assert problem_text(problem, text.split("\n")[2], "zh") in PAGE
