"""`hedu demo --seed N --out DIR` -> DIR/company and, beside it, DIR/truth.json."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from hedu.demo.company import DEFAULT_SEED, Company, make_company
from hedu.demo.files import Columns, write_csv, write_yaml
from hedu.demo.layout import write_manifest, write_tables
from hedu.demo.systems import build, papers, people, plans
from hedu.demo.systems.crm import make_crm
from hedu.demo.systems.erp import Ledger, make_erp, make_ledger
from hedu.demo.systems.marketing import make_marketing
from hedu.demo.systems.reported import make_reported
from hedu.demo.systems.service import make_service
from hedu.demo.systems.wms import make_wms
from hedu.demo.truth import facts, records


def demo(seed: int = DEFAULT_SEED, out: Path | str = "demo") -> Path:
    """Write the company of `seed` under `out`/company and what is true about it beside; returns the company's folder.

    The same seed writes the same bytes. Existing files are overwritten; others are left alone.
    """
    root = Path(out)
    home = root / "company"
    company = make_company(seed)
    ledger = make_ledger(company)
    tables = make_tables(company, ledger)
    write_tables(tables, home)
    write_manifest(tables, home / "load.yml")
    _write_papers(company, ledger, home)
    _write_definitions(home / "definitions")
    _write_json(root / "truth.json", records(company, ledger))
    _write_json(root / "truth-facts.json", facts(company, ledger))
    return home


def make_tables(company: Company, ledger: Ledger) -> dict[str, Columns]:
    """Every warehouse table by name."""
    tables = {
        **make_crm(company),
        **make_erp(company, ledger),
        **make_wms(company, ledger),
        **make_marketing(company, ledger),
        **make_service(company),
        **build.make_product(company),
        **build.make_rnd(company),
        **build.make_hr(company),
    }
    tables["fin.budget"] = plans.make_budget(company, tables["erp.expenses"])
    return tables | make_reported(company, ledger, tables)


def _write_papers(company: Company, ledger: Ledger, home: Path) -> None:
    write_csv(home / "plans/targets.csv", plans.make_targets(company, ledger))
    write_csv(home / "plans/scores.csv", plans.make_scores(company))
    write_yaml(home / "plans/constraints.yml", plans.make_constraints(company, ledger))
    write_yaml(home / "plans/guardrails.yml", papers.make_guardrails())
    write_yaml(home / "plans/projects.yml", papers.make_projects())
    write_yaml(home / "people/departments.yml", papers.make_departments())
    write_csv(home / "people/people.csv", people.make_people(company))
    write_yaml(home / "people/policies.yml", people.make_policies())
    write_csv(home / "people/grants.csv", people.make_grants())
    write_yaml(home / "people/goals.yml", people.make_goals())
    write_yaml(home / "people/versions.yml", papers.make_versions())
    write_csv(home / "people/reports.csv", papers.make_reports())
    write_csv(home / "people/approvals.csv", papers.make_approvals())
    write_csv(home / "people/drivers.csv", papers.make_drivers())
    write_csv(home / "people/usage.csv", papers.make_usage(company))
    write_yaml(home / "people/quizzes.yml", papers.make_quizzes())
    write_csv(home / "people/quiz_answers.csv", papers.make_quiz_answers(company))
    (home / "people/boards.yml").write_bytes(resources.files("hedu.demo").joinpath("boards.yml").read_bytes())


def _write_definitions(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for text in sorted(resources.files("hedu.demo").joinpath("definitions").iterdir(), key=lambda one: one.name):
        if text.name.endswith(".yml"):
            (folder / text.name).write_bytes(text.read_bytes())


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
