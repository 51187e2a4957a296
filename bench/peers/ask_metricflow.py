"""MetricFlow's SQL for the questions, as JSON. Run by an interpreter that has MetricFlow; knows nothing of ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.parsing.dir_to_model import parse_yaml_file_paths_to_semantic_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from timing import tell


class Client:
    """Enough of a connection to write SQL; nothing is run."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        return f"${bind_parameter_key}"


MONTH = "metric_time__month"
QUESTIONS = {
    "revenue by month": {"metric_names": ["revenue"], "group_by_names": [MONTH]},
    "revenue by customer nation and month": {
        "metric_names": ["revenue"], "group_by_names": ["order__customer__nation__nation_name", MONTH]
    },
    "average order value by segment": {
        "metric_names": ["average_order_value"], "group_by_names": ["order__customer__segment"]
    },
    "discount rate by ship mode, filtered here and across a join": {
        "metric_names": ["discount_rate"],
        "group_by_names": ["line__ship_mode"],
        "where_constraints": [
            "{{ Dimension('order__priority') }} = '1-URGENT'",
            "{{ TimeDimension('metric_time', 'day') }} >= '1995-01-01'",
            "{{ TimeDimension('metric_time', 'day') }} < '1996-01-01'",
        ],
    },
    "distinct customers by month": {"metric_names": ["customers"], "group_by_names": [MONTH]},
    "month over month growth of revenue": {"metric_names": ["growth"], "group_by_names": [MONTH]},
    "revenue year to date": {"metric_names": ["revenue_to_date"], "group_by_names": [MONTH]},
    "revenue with supply cost by supplier nation": {
        "metric_names": ["revenue", "supply_cost"], "group_by_names": ["supplier__nation__nation_name"]
    },
}  # fmt: skip


def load() -> Callable[[dict[str, Any]], str]:
    built = parse_yaml_file_paths_to_semantic_manifest([str(Path(__file__).with_suffix(".yml"))])
    engine = MetricFlowEngine(SemanticManifestLookup(built.semantic_manifest), Client())
    return lambda asked: engine.explain(MetricFlowQueryRequest.create(**asked)).sql_statement.sql


if __name__ == "__main__":
    tell("metricflow", load, QUESTIONS)
