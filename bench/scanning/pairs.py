"""The labelled pairs of the tests -> how many are settled, and the median time by form and with databases."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

import hedu
from hedu.alignment.equivalence import TableKeys, Verdict, of_metrics, of_selects

LABELLED = Path(__file__).parents[2] / "tests" / "library" / "equivalence"
MOST_BY_FORM, MOST_WITH_WITNESS, MOST_UNPROVEN = 0.05, 2.0, 0.15


def measure() -> bool:
    """Judge every pair, print the figures, say whether they hold."""
    taken: dict[str, list[float]] = {"equal": [], "different": [], "unproven": []}
    wrong = equal = 0
    for label, judge in _pairs():
        started = time.perf_counter()
        says = judge().verdict
        taken[says].append(time.perf_counter() - started)
        equal += label == "equal"
        wrong += says not in (label, "unproven")
    by_form, searched = statistics.median(taken["equal"]), statistics.median(taken["different"])
    print(
        f"{sum(map(len, taken.values()))} pairs: {len(taken['equal'])} of {equal} equal ones proved, "
        f"{len(taken['different'])} different ones with a witness, {len(taken['unproven'])} unproven, {wrong} wrong; "
        f"median {by_form * 1000:.1f} ms by form, {searched * 1000:.0f} ms with a witness"
    )
    is_proved = equal - len(taken["equal"]) <= MOST_UNPROVEN * equal
    return not wrong and is_proved and by_form < MOST_BY_FORM and searched < MOST_WITH_WITNESS


def _pairs() -> Iterator[tuple[str, Callable[[], Verdict]]]:
    selects, metrics = (
        yaml.safe_load((LABELLED / name).read_text(encoding="utf-8")) for name in ("selects.yml", "metrics.yml")
    )
    keys = {table: _keys(held) for table, held in selects["keys"].items()}
    for pair in selects["pairs"]:
        yield pair["is"], lambda pair=pair: of_selects(pair["a"], pair["b"], selects["schema"], keys)
    made = [
        yaml.safe_dump({"version": 1, "metric": f"pair_{at}_{side}", **pair[side]}, allow_unicode=True)
        for at, pair in enumerate(metrics["pairs"])
        for side in ("a", "b")
    ]
    model = hedu.load(
        {"pairs.yml": "---\n".join([metrics["definitions"], *made])}, engine="duckdb://", strict=True
    ).model
    for at, pair in enumerate(metrics["pairs"]):
        yield pair["is"], lambda at=at: of_metrics(model, f"pair_{at}_a", f"pair_{at}_b")


def _keys(held: dict[str, Any]) -> TableKeys:
    foreign = tuple((tuple(own), far, tuple(columns)) for own, far, columns in held.get("foreign", ()))
    return TableKeys(tuple(held.get("primary", ())), foreign=foreign)
