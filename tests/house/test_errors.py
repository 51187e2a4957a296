"""Every error code has wording and a hint in both languages, is raised, is filled, and is triggered by a test."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache

import pytest

from hedu.errors.texts import STAGES, TEXTS, Text
from tests.house.tree import modules, name, parsed

FAMILIES = {
    "Problem", "HeduError", "DefinitionError", "QueryError", "PlanError", "EngineError", "Denied", "NotFound",
    "Conflict",
}  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff`”）}][,;:?] ?[\u4e00-\u9fff“（]|[\u4e00-\u9fff]\? ?$")


def places(*templates: str) -> set[str]:
    """The `{names}` of templates."""
    return {field for text in templates for _, field, _, _ in string.Formatter().parse(text) if field}


@cache
def strings(*tops: str) -> frozenset[str]:
    """Every string constant of the Python files below `tops`, wordings and house tests left out."""
    return frozenset(
        node.value
        for path in modules(*tops)
        if not name(path).startswith(("hedu/errors/texts/", "tests/house/"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def raised() -> Iterator[tuple[str, str, set[str] | None]]:
    """Where, code, names of the facts given (None when they are not written out there)."""
    for path in modules("hedu"):
        for node in ast.walk(parsed(path)):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            code = node.args[0].value
            if called in FAMILIES and isinstance(code, str):
                yield f"{name(path)}:{node.lineno}", code, _facts(called, node)


def _facts(called: str, call: ast.Call) -> set[str] | None:
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    if called != "Problem":
        return {keyword.arg for keyword in call.keywords if keyword.arg} - {"where"}
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "facts"), None)
    given = given or (call.args[2] if len(call.args) > 2 else ast.Dict([], []))
    if not isinstance(given, ast.Dict) or not all(isinstance(key, ast.Constant) for key in given.keys):
        return None
    return {str(key.value) for key in given.keys if isinstance(key, ast.Constant)}


def test_a_code_stands_in_one_stage() -> None:
    assert sum(map(len, STAGES.values())) == len(TEXTS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in TEXTS)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_both_languages_say_what_and_how(code: str) -> None:
    text: Text = TEXTS[code]
    assert all((text.what_zh, text.what_en, text.hint_zh, text.hint_en))
    assert CHINESE.search(text.what_zh) and CHINESE.search(text.hint_zh)
    english = re.sub(r"`[^`]*`|\"[^\"]*\"", "", f"{text.what_en} {text.hint_en}")
    assert not CHINESE.search(english), "Chinese only in what is quoted"
    in_chinese, in_english = places(text.what_zh, text.hint_zh), places(text.what_en, text.hint_en)
    assert in_chinese == in_english, "both languages tell the same facts"


def test_every_code_raised_is_worded() -> None:
    unknown = {f"{at} {code}" for at, code, _ in raised() if code not in TEXTS}
    assert not unknown


def test_every_place_is_filled() -> None:
    gaps = []
    for at, code, facts in raised():
        text = TEXTS.get(code)
        if text is None or facts is None:
            continue
        missing = places(text.what_zh, text.what_en, text.hint_zh, text.hint_en) - facts
        if missing:
            gaps.append(f"{at} {code} lacks {sorted(missing)}")
    assert not gaps, "\n".join(gaps)


def test_every_code_is_used() -> None:
    unused = set(TEXTS) - strings("hedu")
    assert not unused, f"nothing raises these: {sorted(unused)}"


def test_every_code_is_triggered_by_a_test() -> None:
    words = strings("tests") | set(_words_of_cases())
    untried = {code for code in TEXTS if code not in words and not any(code in word for word in words)}
    assert not untried, f"no test triggers these {len(untried)}: {sorted(untried)}"


def _words_of_cases() -> Iterator[str]:
    from tests.house.tree import tracked

    for path in tracked():
        if name(path).startswith("tests/") and path.suffix in {".yaml", ".yml"}:
            yield from re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", path.read_text(encoding="utf-8"))


def test_chinese_is_punctuated_as_chinese() -> None:
    """Between Chinese words stand full-width marks; code in backticks keeps its own."""
    from hedu.define.table import OBJECTS

    texts = [part for text in TEXTS.values() for part in (text.what_zh, text.hint_zh)]
    texts += [field.zh for shape in OBJECTS.values() for field in shape.fields.values()]
    half = [text for text in texts if HALF_WIDTH.search(re.sub(r"`[^`]*`|\[[^\]]*\]", "`", text))]
    assert not half, "\n".join(half)
