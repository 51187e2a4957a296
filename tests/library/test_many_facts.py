"""Eighty metrics of forty facts in one question: one statement, each metric its own value."""

from __future__ import annotations

import hedu

FACTS = 40


def test_eighty_metrics_of_forty_facts() -> None:
    texts = []
    for at in range(FACTS):
        texts.append(
            f"version: 1\ndataset: fact_{at}\nselect: select date '2024-01-01' + i as day, {at} + i as x"
            f" from (select unnest([0, 1, 31]) as i)\ntime: day\ndimensions: {{day: {{type: date}}}}\n"
            "measures: {x: {agg: sum}, rows: {agg: count}}\n"
        )
        texts.append(f"version: 1\nmetric: x_{at}\nsimple: fact_{at}.x\n")
        texts.append(f"version: 1\nmetric: mean_{at}\nratio: {{numerator: x_{at}, denominator: rows_{at}}}\n")
        texts.append(f"version: 1\nmetric: rows_{at}\nsimple: fact_{at}.rows\n")
    ws = hedu.load({"all.yml": "---\n".join(texts)}, engine="duckdb://", strict=True)
    metrics = [f"{name}_{at}" for at in range(FACTS) for name in ("x", "mean")]
    january, february = ws.ask(metrics, by="metric_time.month").rows()
    for at in range(FACTS):
        assert (january[f"x_{at}"], january[f"mean_{at}"]) == (2 * at + 1, at + 0.5)
        assert (february[f"x_{at}"], february[f"mean_{at}"]) == (at + 31, at + 31)
    assert ws.compile(metrics, by="metric_time.month").count(' AS "x_39"') == 3
