"""Laws of definitions as text: writing and reading is identity, style changes nothing but style."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from hedu.define import definitions as d
from hedu.define.digest import meaning_digest
from hedu.define.names import fault_of
from hedu.define.plain import Definition
from hedu.define.read import read
from hedu.define.style import restyle
from hedu.define.write import write
from hedu.doors.sound import texts_of

LETTERS = st.characters(exclude_categories=["Cs"])
SHOWN = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
TEXTS = st.text(SHOWN, min_size=1, max_size=12).map(str.strip).filter(bool)
AWKWARD = st.sampled_from(
    ["no", "null", "~", "2024", "1e5", "a: b", "- a", "# a", "a #b", "'", '"', "{", "[0, 1)", "&a", "*", "<<", "净额, 税后",
     "a = 'b'", 'say "x"', "two\nlines", "|", ">-", "%", "@x", "0x1F", "1_000", "2024-01-01", "true", "=", "!x", "𠮷野家"]
)  # fmt: skip
WORDS = TEXTS | AWKWARD
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,12}|[\u4e00-\u9fa5]{1,4}", fullmatch=True).filter(lambda n: not fault_of(n))
LABELS = st.builds(d.Label, zh=st.just("") | WORDS, en=st.just("") | WORDS)
OPTIONAL = st.none() | WORDS
LISTS = st.lists(WORDS, max_size=2, unique=True).map(tuple)
KEYS = st.lists(NAMES, min_size=1, max_size=2, unique=True).map(tuple)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | st.text(LETTERS, max_size=10) | AWKWARD,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(LETTERS, max_size=8) | AWKWARD, inner, max_size=2)
    ),
    max_leaves=4,
)
EXTRAS = st.dictionaries(st.text(LETTERS, max_size=8) | AWKWARD, JSON, max_size=2)


def named(things: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(things, max_size=2, unique_by=lambda one: one.name).map(tuple)


DIMENSIONS = st.builds(
    d.DimensionDef,
    name=NAMES,
    type=st.sampled_from(get_args(d.DimensionType)),
    expr=st.just("") | WORDS,
    label=LABELS,
    meaning=LABELS,
    synonyms=LISTS,
    grain=st.none() | st.sampled_from(get_args(d.Grain)),
    time_zone=st.none(),
    conforms=OPTIONAL,
    partition=st.booleans(),
    metric=OPTIONAL,
) | st.builds(d.DimensionDef, name=NAMES, type=st.just("timestamp"), time_zone=st.sampled_from(["UTC", "Asia/Tokyo"]))
ENTITIES = st.builds(d.EntityDef, name=NAMES, entity=NAMES, key=KEYS, integrity=st.booleans(), label=LABELS)
PERCENTILES = st.builds(
    d.Percentile,
    at=st.sampled_from([0, 0.05, 0.5, 0.999, 1]),
    method=st.sampled_from(["continuous", "discrete", "approximate"]),
)
AGGREGATIONS = st.tuples(st.sampled_from([x for x in get_args(d.Aggregation) if x != "percentile"]), st.none())
MEASURES = st.builds(
    lambda how, **rest: d.MeasureDef(agg=how[0], percentile=how[1], **rest),
    AGGREGATIONS | st.tuples(st.just("percentile"), PERCENTILES),
    name=NAMES,
    expr=st.just("") | WORDS,
    unit=OPTIONAL,
    where=OPTIONAL,
    time=OPTIONAL,
    semi_additive=st.none()
    | st.builds(d.SemiAdditive, over=NAMES, take=st.sampled_from(["last", "first", "highest", "lowest"]), by=LISTS),
    label=LABELS,
)
SOURCES = st.one_of(*(st.builds(d.Source, **{way: WORDS}) for way in ("table", "file", "select")))
REFS = st.builds(d.MetricRef, metric=NAMES, where=OPTIONAL)
SPANS = st.sampled_from(["1 day", "7 days", "3 months", "1 quarter", "2 years"])
PERIODS = st.sampled_from(get_args(d.Grain))
EARLIER = st.builds(d.MetricRef, metric=NAMES, where=OPTIONAL, offset_window=SPANS) | st.builds(
    d.MetricRef, metric=NAMES, where=OPTIONAL, offset_to_grain=PERIODS
)
ALIASES = st.lists(st.tuples(NAMES, REFS | EARLIER), max_size=2, unique_by=lambda pair: pair[0]).map(tuple)
BODIES = (
    st.builds(
        d.Simple,
        measure=st.tuples(NAMES, NAMES).map(".".join),
        where=OPTIONAL,
        join_to_timespine=st.booleans(),
        fill_nulls_with=st.none() | st.sampled_from([0, -1, 2.5]),
    )
    | st.builds(d.Ratio, numerator=REFS, denominator=REFS)
    | st.builds(d.Derived, formula=WORDS, metrics=ALIASES)
    | st.builds(d.Cumulative, metric=REFS, window=SPANS, period_agg=st.none() | st.sampled_from(get_args(d.PeriodAgg)))
    | st.builds(d.Cumulative, metric=REFS, grain_to_date=st.none() | PERIODS)
    | st.builds(
        d.Conversion,
        base=REFS,
        conversion=REFS,
        entity=NAMES,
        window=st.none() | SPANS,
        constant=LISTS,
        calculation=st.sampled_from(["conversion_rate", "conversions"]),
    )
    | st.builds(d.Share, metric=REFS, over=LISTS)
    | st.builds(d.Rank, metric=REFS, within=LISTS, order=st.sampled_from(["desc", "asc"]))
    | st.builds(
        d.Reported,
        grain=st.sampled_from(get_args(d.Grain)),
        agg=st.sampled_from(["sum", "last", "none"]),
        source=st.none() | st.builds(d.Source, table=WORDS) | st.builds(d.Source, file=WORDS),
        dimensions=named(DIMENSIONS),
        entities=named(ENTITIES),
    )
)
DATASETS = st.builds(
    d.DatasetDef,
    name=NAMES,
    source=SOURCES,
    primary_key=st.just(()) | KEYS,
    unique_keys=st.lists(KEYS, max_size=2).map(tuple),
    entities=named(ENTITIES),
    time=st.none() | NAMES,
    dimensions=named(DIMENSIONS),
    measures=named(MEASURES),
    label=LABELS,
    meaning=LABELS,
    owner=OPTIONAL,
    bridge=st.booleans(),
    weight=OPTIONAL,
    validity=st.none() | st.builds(d.Validity, entity=WORDS, start=WORDS, end=WORDS),
    id=OPTIONAL,
    x=EXTRAS,
).map(
    lambda one: replace(
        one, dimensions=tuple(x for x in one.dimensions if x.name not in {e.name for e in one.entities})
    )
)
BANDS = st.tuples(FINITE, FINITE).map(lambda band: tuple(sorted(band)))
AIMS = st.tuples(st.sampled_from(["up", "down", "none"]), st.none()) | st.tuples(st.just("band"), BANDS)
METRICS = st.builds(
    lambda aim, **rest: d.MetricDef(direction=aim[0], band=aim[1], **rest),
    AIMS,
    name=NAMES,
    body=BODIES,
    label=LABELS,
    meaning=LABELS,
    synonyms=LISTS,
    kind=st.none() | st.sampled_from(get_args(d.Kind)),
    domain=OPTIONAL,
    process=OPTIONAL,
    unit=OPTIONAL,
    owner=OPTIONAL,
    person=OPTIONAL,
    raci=st.builds(d.Raci, responsible=LISTS, accountable=LISTS, consulted=LISTS, informed=LISTS),
    review=st.none() | st.sampled_from(get_args(d.Review)),
    id=OPTIONAL,
    x=EXTRAS,
)
SETTINGS = st.builds(
    d.SettingsDef,
    name=NAMES,
    time_zone=st.sampled_from(["UTC", "Asia/Shanghai"]),
    week_start=st.sampled_from(["monday", "sunday", "saturday"]),
    currency=WORDS,
    words=named(st.builds(d.WordDef, name=NAMES, zh=TEXTS, en=TEXTS)),
    departments=named(st.builds(d.DepartmentDef, name=NAMES, label=LABELS, parent=OPTIONAL)),
    label=LABELS,
    parameters=named(
        st.builds(
            d.ParameterDef,
            name=NAMES,
            type=st.sampled_from(get_args(d.DimensionType)),
            default=OPTIONAL,
            choices=LISTS,
            label=LABELS,
        )
    ),
    grains=named(
        st.builds(
            d.GrainDef,
            name=NAMES,
            of=st.sampled_from(["week", "month", "quarter", "year"]),
            month=st.integers(1, 12),
            day=st.integers(1, 28),
            label=LABELS,
        )
    ),
)
ANY = METRICS | DATASETS | SETTINGS


def read_one(text: str) -> Definition:
    found, problems = read({"a.yml": text})
    assert not problems, (problems, text)
    every = (*found.datasets, *found.metrics)
    return every[0] if every else found.settings


@given(ANY)
def test_writing_and_reading_is_identity(definition: Definition) -> None:
    text = write(definition)
    again = read_one(text)
    assert again == definition
    assert write(again) == text
    assert meaning_digest(again) == meaning_digest(definition)


@given(ANY)
def test_canonical_text_is_already_in_style(definition: Definition) -> None:
    text = write(definition)
    assert restyle("a.yml", text) == (text, ())


@given(st.lists(METRICS, max_size=2, unique_by=lambda one: one.name.casefold()))
def test_a_folder_of_definitions_is_kept_in_order(metrics: list[d.MetricDef]) -> None:
    definitions = d.Definitions(metrics=tuple(metrics))
    assert read(texts_of(definitions)) == (definitions, ())


@given(METRICS, LABELS, WORDS, LISTS, EXTRAS)
def test_words_do_not_change_the_meaning(
    metric: d.MetricDef, label: d.Label, word: str, words: tuple[str, ...], extra: dict[str, Any]
) -> None:
    other = replace(metric, label=label, meaning=label, owner=word, synonyms=words, x=extra, review=None, name="other")
    assert meaning_digest(other) == meaning_digest(metric)


COMMENTS = st.sampled_from(["", "# note", "# 口径: 见会议纪要", "# a # b 'c' {d"])


@given(METRICS | DATASETS, st.data())
def test_style_keeps_definitions_and_comments(definition: Definition, data: st.DataObject) -> None:
    """Comments are strewn between and behind the keys of a text; style keeps each, once is enough."""
    lines: list[str] = []
    for line in write(definition).rstrip("\n").split("\n"):
        above, beside = data.draw(COMMENTS), data.draw(COMMENTS)
        if re.match(r"\w+:( [\w.]+)?$", line):
            lines += [above] if above else []
            line = f"{line}   {beside}" if beside else line
        lines.append(line)
    text = "\n".join(lines) + "\n"
    styled, problems = restyle("a.yml", text)
    assert not problems
    assert read_one(styled) == definition
    assert sorted(re.findall(r"# (?:note|口径|a # b).*", styled)) == sorted(
        re.findall(r"# (?:note|口径|a # b).*", text)
    )
    assert restyle("a.yml", styled)[0] == styled


PIECES = st.sampled_from(
    ["version: 1\n", "metric: m\n", "dataset: d\n", "workspace: w\n", "simple: ", "ratio: ", "derived: ", "reported:\n",
     "source: t\n", "entities: ", "dimensions:\n", "measures:\n  ", "  x: ", "x: ", "raci: ", "band: ", "label: ", "{", "}", "[",
     "]", ", ", ": ", "- ", "? ", "\n", "---\n", "...\n", "&a ", "*a", "<<: ", "!!str ", "!x ", "|\n", ">-\n", "'", '"', "#",
     " ", "\t", "\x00", "\x85", "\u2028", "：", "zh: ", "a", "null", "1", ".nan", "%YAML 1.1\n", "\ufeff", "\r"]
)  # fmt: skip
SOUP = st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join)


@given(st.dictionaries(st.sampled_from(["a.yml", "b.yml"]), SOUP | st.binary(max_size=40), max_size=2))
def test_no_text_breaks_the_reader(texts: dict[str, str | bytes]) -> None:
    """Whatever is fed in: problems with places and words, never a traceback."""
    definitions, problems = read(texts)
    for problem in problems:
        assert problem.where is not None and problem.where.line >= 1 and problem.where.col >= 1
        assert problem.what("zh") and problem.hint("en")
    assert texts_of(definitions) == texts_of(read(texts)[0])


@given(SOUP)
def test_no_text_breaks_the_style(text: str) -> None:
    styled, problems = restyle("a.yml", text)
    assert problems or read({"a": styled})[0] == read({"a": text})[0]
    assert restyle("a.yml", styled)[0] == styled
