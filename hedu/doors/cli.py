"""Command line -> library and center. Each command parses, calls, renders; imports happen inside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from hedu.errors import EngineError, HeduError

app = typer.Typer(
    name="hedu",
    help="合度: 跨部门指标协同 · one measure, kept together.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
imports = typer.Typer(help="导入 · Bring data or definitions in.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(imports, name="import")

WorkspaceDir = Annotated[Path, typer.Option("--workspace", "-w", help="定义所在的文件夹 · Folder of definitions.")]
EngineUrl = Annotated[str, typer.Option("--engine", help="引擎地址 · Engine URL.")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · Print JSON.")]
Many = list[str] | None


def language() -> Literal["zh", "en"]:
    """HEDU_LANG, else what the terminal speaks; Chinese unless it clearly speaks English."""
    spoken = os.environ.get("HEDU_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "zh"
    return "en" if spoken.lower().startswith("en") else "zh"


@app.command()
def check(workspace: Annotated[Path, typer.Argument()] = Path("."), json: Json = False) -> None:
    """检查定义 · Report every problem in a folder of definitions, with its place and a hint."""
    from hedu.doors.cli_define import check_folder

    raise typer.Exit(check_folder(workspace, json=json, lang=language()))


@app.command()
def fmt(
    workspace: Annotated[Path, typer.Argument()] = Path("."),
    check: Annotated[bool, typer.Option("--check", help="只检查 · Only say what would change.")] = False,
) -> None:
    """统一格式 · Rewrite definitions in canonical style, keeping comments."""
    from hedu.doors.cli_define import format_folder

    raise typer.Exit(format_folder(workspace, check=check, lang=language()))


@app.command()
def query(
    metrics: Annotated[Many, typer.Argument(help="指标 · Metrics.")] = None,
    by: Annotated[Many, typer.Option("--by", help="维度, 可重复 · Dimension, repeatable.")] = None,
    where: Annotated[Many, typer.Option("--where", help="筛选 · Filter, repeatable.")] = None,
    since: Annotated[str | None, typer.Option("--since")] = None,
    until: Annotated[str | None, typer.Option("--until")] = None,
    order: Annotated[Many, typer.Option("--order", help="列名, - 降序 · Column, - descends.")] = None,
    limit: Annotated[int | None, typer.Option("--limit")] = None,
    compare: Annotated[Many, typer.Option("--compare", help="previous | last_year")] = None,
    totals: Annotated[bool, typer.Option("--totals", help="合计 · Totals row.")] = False,
    as_of: Annotated[str | None, typer.Option("--as-of")] = None,
    workspace: WorkspaceDir = Path("."),
    engine: EngineUrl = "duckdb:///warehouse",
    format: Annotated[str, typer.Option("--format", "-f", help="table json csv arrow parquet sql")] = "table",
    json: Json = False,
) -> None:
    """提问 · Ask metrics by dimensions; `--format sql` shows the SQL instead."""
    from hedu.doors.cli_query import run

    question = {
        "metrics": _split(metrics),
        "by": _split(by),
        "where": tuple(where or ()),
        "since": since,
        "until": until,
        "compare": _split(compare),
        "order": _split(order),
        "limit": limit,
        "totals": totals,
        "as_of": as_of,
    }
    run(question, workspace, engine, "json" if json else format, language())


@imports.command("data")
def import_data(
    path: Annotated[Path, typer.Argument(help="文件 · File.")],
    table: Annotated[str, typer.Option("--as", help="表名, 如 erp.orders · Table name.")],
    workspace: WorkspaceDir = Path("."),
) -> None:
    """把文件装进仓库 · Load a file into the workspace's warehouse."""
    from hedu.doors.cli_load import load

    raise typer.Exit(load(path, table, workspace, lang=language()))


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="输出文件夹 · Folder to write.")],
    seed: Annotated[int, typer.Option("--seed")] = 7,
) -> None:
    """生成演示公司 · Write the demo company's source files under OUT/company, and OUT/truth.json."""
    from hedu.demo.command import demo as write

    write(seed, out)


@app.command()
def serve(
    home: Annotated[Path, typer.Option("--home", envvar="HEDU_HOME", help="数据文件夹 · Data folder.")] = Path("var/site"),
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="演示公司 · With the demo company.")] = False,
) -> None:
    """启动网站 · Serve the metric center in a browser."""
    from hedu.doors.serve import serve as start

    raise typer.Exit(start(home, host, port, demo))


def main() -> None:
    """Run a command; an error of ours goes to standard error with its code: exit 2, or 3 from the engine."""
    try:
        app(standalone_mode=True)
    except HeduError as error:
        _report(error)
        raise SystemExit(3 if isinstance(error, EngineError) else 2) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


def _report(error: HeduError) -> None:
    lang = language()
    if "--json" in sys.argv:
        import json

        body = {"problems": [problem.as_json(lang) for problem in error.problems]}
        print(json.dumps(body, ensure_ascii=False), file=sys.stderr)
        return
    for problem in error.problems:
        place = f"  {problem.where}" if problem.where else ""
        print(f"{problem.code}{place}\n{problem.what(lang)}\n{problem.hint(lang)}\n", file=sys.stderr)


def _split(values: Many) -> tuple[str, ...]:
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


if __name__ == "__main__":
    main()
