"""Questions to imported dbt projects -> plans by MetricFlow's rules (docs/why/imported-projects-answer-as-there.md)."""
