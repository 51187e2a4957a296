"""Command line -> library and center. Each command parses, calls, renders; imports happen inside it.

argparse, because it starts in 10 ms: a question from the shell should cost little more than its SQL.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hedu.doors.refusing import INTERRUPTED, language, refused, report
from hedu.errors import EngineError, HeduError, needs

Command = Callable[[argparse.Namespace], int]
CENTER = ("center", "django")
DEMO = ("demo", "numpy", "xlsxwriter")


def check(args: argparse.Namespace) -> int:
    from hedu.doors.cli_define import check_folder

    return check_folder(args.workspace, engine=args.engine, json=args.json, lang=language())


def fmt(args: argparse.Namespace) -> int:
    from hedu.doors.cli_define import format_folder

    return format_folder(args.workspace, check=args.check, lang=language())


def query(args: argparse.Namespace) -> int:
    gc.disable()  # one question and out: collecting while modules load costs more than it frees
    from hedu.doors.cli_query import run

    question = {
        "metrics": _split(args.metrics),
        "by": _split(args.by),
        "where": tuple(args.where),
        "since": args.since,
        "until": args.until,
        "compare": _split(args.compare),
        "order": _split(args.order),
        "limit": args.limit,
        "totals": args.totals,
        "as_of": args.as_of,
        "window": args.window,
        "time_zone": args.time_zone,
        "currency": args.currency,
        "parameters": dict(item.partition("=")[::2] for item in args.parameter) or None,
        **({"rollups": False} if args.no_rollups else {}),
    }
    form = "json" if args.json else args.format
    run(question, args.sql, args.workspace, args.engine, form, language(), unmatched=args.unmatched)
    return 0


def docs(args: argparse.Namespace) -> int:
    from hedu.doors.cli_docs import render

    count = render(args.workspace, args.out)
    print(f"{args.out}/index.html  {count} 页 · pages")
    return 0


def import_data(args: argparse.Namespace) -> int:
    if args.home is not None:
        needs(*CENTER)
        from hedu.doors.cli_deed import load_at

        return load_at(args.home, args.path, args.table, lang=language())
    from hedu.doors.cli_load import load

    return load(args.path, args.table, args.workspace, lang=language())


def import_definitions(args: argparse.Namespace) -> int:
    from hedu.doors import cli_import

    return cli_import.import_definitions(args.kind, args.path, args.out, strict=args.strict, lang=language())


def export_ossie(args: argparse.Namespace) -> int:
    from hedu.doors import cli_export

    return cli_export.export_ossie(args.workspace, args.out, args.spec, strict=args.strict, lang=language())


def rollup_build(args: argparse.Namespace) -> int:
    from hedu.doors import cli_rollup

    return cli_rollup.build(args.workspace, language(), as_json=args.json)


def rollup_list(args: argparse.Namespace) -> int:
    from hedu.doors import cli_rollup

    return cli_rollup.list_all(args.workspace, args.engine, language(), as_json=args.json)


def rollup_recommend(args: argparse.Namespace) -> int:
    from hedu.doors import cli_rollup

    return cli_rollup.recommend(args.workspace, args.engine, args.questions, args.most, language())


def engine_test(args: argparse.Namespace) -> int:
    from hedu.doors.cli_engine import test_engine

    return test_engine(args.url, as_json=args.json, lang=language())


def demo(args: argparse.Namespace) -> int:
    from hedu.demo.command import demo as write

    print(write(args.seed, args.out))
    return 0


def serve(args: argparse.Namespace) -> int:
    from hedu.doors.serve import serve as start

    return start(args.home, args.host, args.port, args.demo) or 0


def do(args: argparse.Namespace) -> int:
    from hedu.doors import cli_deed

    return cli_deed.do(args.name, args.inputs, args.home, args.user)


def plan(args: argparse.Namespace) -> int:
    from hedu.doors import cli_deed

    return cli_deed.plan(args.workspace, args.home, args.user, prune=args.prune, as_json=args.json)


def apply(args: argparse.Namespace) -> int:
    from hedu.doors import cli_deed

    return cli_deed.apply(args.workspace, args.home, args.user, prune=args.prune, note=args.note)


def pull(args: argparse.Namespace) -> int:
    from hedu.doors import cli_deed

    return cli_deed.pull(args.workspace, args.home, args.user)


def parser() -> argparse.ArgumentParser:
    """All commands; the reference page is generated from this."""
    top = argparse.ArgumentParser(prog="hedu", description="合度: 跨部门指标协同 · one measure, kept together.")
    top.add_argument("--version", action="store_true", help="版本 · Print the version.")
    commands = top.add_subparsers(title="命令 · commands", metavar="COMMAND")
    _definitions(commands)
    _question(commands)
    _data(commands)
    _site(commands)
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: Command, about: str
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=about, description=about)
    made.set_defaults(run=run, needs=())
    return made


def _definitions(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    one = _command(commands, "check", check, "检查定义 · Report every problem in a folder of definitions.")
    one.add_argument("workspace", type=Path, nargs="?", default=Path(), help="文件夹 · Folder.")
    one.add_argument("--json", action="store_true", help="输出 JSON · Print JSON.")
    one.add_argument(
        "--engine", help="再查数据是否守着声明的键 · Also whether these data hold to the declared keys: URL."
    )
    one = _command(commands, "fmt", fmt, "统一格式 · Rewrite definitions in canonical style, keeping comments.")
    one.add_argument("workspace", type=Path, nargs="?", default=Path(), help="文件夹 · Folder.")
    one.add_argument("--check", action="store_true", help="只检查不改写 · Only say what would change.")

    one = _command(commands, "docs", docs, "生成静态目录 · Render a static catalog of the definitions.")
    one.add_argument("workspace", type=Path, nargs="?", default=Path(), help="文件夹 · Folder.")
    one.add_argument("--out", type=Path, required=True, help="写到哪里 · Folder to write.")


def _question(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    one = _command(commands, "query", query, "提问 · Ask metrics by dimensions.")
    one.add_argument("metrics", nargs="*", help="指标 · Metrics.")
    one.add_argument("--by", action="append", default=[], help="维度, 可重复 · Dimension, repeatable.")
    one.add_argument("--where", action="append", default=[], help="筛选, 可重复 · Filter, repeatable.")
    one.add_argument("--since", help="起 · From: 2024, 2024-Q1, 2024-03, 2024-03-05, -12m.")
    one.add_argument("--until", help="止, 含当期 · Until, inclusive.")
    one.add_argument("--order", action="append", default=[], help="列名, 前加 - 为降序 (写作 --order=-列) · Column.")
    one.add_argument("--limit", type=int, help="行数 · Rows at most.")
    one.add_argument("--compare", action="append", default=[], help="previous | last_year | last_year_spring_festival")
    one.add_argument("--totals", action="store_true", help="合计 · Totals.")
    one.add_argument("--window", help="累计: 7 days, month, all · Total over a window.")
    one.add_argument("--currency", help="以哪种货币 · In which currency: USD.")
    one.add_argument("--time-zone", dest="time_zone", help="按哪里的钟 · By whose clock: Europe/Berlin.")
    one.add_argument("--parameter", action="append", default=[], help="参数, 写作 名称=值, 可重复 · NAME=VALUE.")
    one.add_argument("--no-rollups", action="store_true", help="只读基础表 · Read base tables only.")
    one.add_argument("--unmatched", action="store_true", help="对不上的行数 · Rows that no join found a partner for.")
    one.add_argument("--as-of", dest="as_of", help="按当时的数据 · As the data were then.")
    one.add_argument("--sql", help="用 SQL 提问 · Ask in SQL: SELECT region, MEASURE(revenue) FROM metrics …")
    one.add_argument("--workspace", "-w", type=Path, default=Path(), help="定义文件夹 · Folder of definitions.")
    one.add_argument("--engine", default="duckdb:///warehouse", help="引擎地址 · Engine URL.")
    one.add_argument("--format", "-f", default="table", help="table | json | csv | arrow | parquet | sql")
    one.add_argument("--json", action="store_true", help="同 --format json · Same as --format json.")


def _data(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "导入 · Bring data in."
    kinds = commands.add_parser("import", help=about, description=about).add_subparsers(metavar="KIND", required=True)
    one = _command(kinds, "data", import_data, "把文件装进仓库 · Load a file into the workspace's warehouse.")
    one.add_argument("path", type=Path, help="文件 · File.")
    one.add_argument("--as", dest="table", help="表名, 如 erp.orders; 清单 (.yml) 自带 · Table; a list has its own.")
    where = one.add_mutually_exclusive_group()
    where.add_argument("--workspace", "-w", type=Path, default=Path(), help="定义文件夹 · Folder of definitions.")
    where.add_argument("--home", type=Path, help="网站的数据文件夹 · Data folder of a site, instead.")
    one = _command(kinds, "dbt", import_definitions, "读入 dbt 语义层 · Read a dbt project or its manifest.")
    _from_elsewhere(one, "dbt")
    one = _command(kinds, "ossie", import_definitions, "读入 Apache Ossie 模型 · Read Apache Ossie (OSI) models.")
    _from_elsewhere(one, "ossie")
    about = "导出 · Write definitions for other tools."
    kinds = commands.add_parser("export", help=about, description=about).add_subparsers(metavar="KIND", required=True)
    one = _command(kinds, "ossie", export_ossie, "写成 Apache Ossie 模型 · Write an Apache Ossie (OSI) model.")
    one.add_argument("--workspace", "-w", type=Path, default=Path(), help="定义文件夹 · Folder of definitions.")
    one.add_argument("--out", type=Path, required=True, help="写到哪个文件, .yaml 或 .json · File to write.")
    one.add_argument(
        "--spec", choices=["0.1.1", "0.2"], default="0.1.1", help="规范版本 · Version of the specification."
    )
    one.add_argument("--strict", action="store_true", help="规范说不全就拒绝 · Refuse if the core cannot say it all.")
    about = "引擎 · Databases that answer questions."
    kinds = commands.add_parser("engine", help=about, description=about).add_subparsers(metavar="DEED", required=True)
    one = _command(kinds, "test", engine_test, "试用一个引擎，说明哪些可用 · Try an engine and say what works.")
    one.add_argument("url", help="引擎地址, 如 postgresql://user@host/db · Engine URL.")
    one.add_argument("--json", action="store_true", help="输出 JSON · Print JSON.")
    _rollups(commands)
    one = _command(commands, "demo", demo, "生成演示公司 · Write the demo company's source files.")
    one.set_defaults(needs=DEMO)
    one.add_argument("--out", type=Path, required=True, help="文件夹 · Folder to write.")
    one.add_argument("--seed", type=int, default=7, help="随机种子 · Seed.")


def _rollups(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "预汇总表 · Tables aggregated beforehand."
    kinds = commands.add_parser("rollup", help=about, description=about).add_subparsers(metavar="DEED", required=True)
    made = [
        _command(kinds, "build", rollup_build, "按数据补齐预汇总表 · Bring the declared rollups up to the data."),
        _command(kinds, "list", rollup_list, "哪些可用 · Which can be read now."),
        _command(kinds, "recommend", rollup_recommend, "按提问推荐 · Recommend some for a list of questions."),
    ]
    for one in made:
        one.add_argument("--workspace", "-w", type=Path, default=Path(), help="定义文件夹 · Folder of definitions.")
    for one in made[1:]:
        one.add_argument("--engine", default="duckdb:///warehouse", help="引擎地址 · Engine URL.")
    for one in made[:2]:
        one.add_argument("--json", action="store_true", help="输出 JSON · Print JSON.")
    made[2].add_argument("questions", type=Path, help="提问清单, YAML 或 JSON · List of questions.")
    made[2].add_argument("--most", type=int, default=5, help="最多几张 · Rollups at most.")


def _from_elsewhere(one: argparse.ArgumentParser, kind: str) -> None:
    one.set_defaults(kind=kind)
    one.add_argument("path", type=Path, help="文件或文件夹 · File or folder.")
    one.add_argument("--out", type=Path, required=True, help="写到哪个新文件夹 · New folder to write.")
    one.add_argument("--strict", action="store_true", help="有任何丢失就拒绝 · Refuse if anything would be lost.")


def _site(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    home = Path(os.environ.get("HEDU_HOME", "var/site"))

    def at_home(one: argparse.ArgumentParser) -> None:
        one.set_defaults(needs=CENTER)
        one.add_argument("--home", type=Path, default=home, help="数据文件夹 · Data folder.")

    def as_user(one: argparse.ArgumentParser) -> None:
        at_home(one)
        one.add_argument("--as", dest="user", help="以谁的身份, 默认 HEDU_USER · As which user.")

    one = _command(commands, "plan", plan, "预览发布 · Show what publishing a folder would change.")
    as_user(one)
    one.add_argument("workspace", type=Path, nargs="?", default=Path(), help="文件夹 · Folder.")
    one.add_argument("--prune", action="store_true", help="停用文件夹里没有的指标 · Retire what the folder lacks.")
    one.add_argument("--json", action="store_true", help="输出 JSON · Print JSON.")
    one = _command(
        commands, "apply", apply, "发起会签 · Propose a folder to those it affects; fills an empty catalog at once."
    )
    as_user(one)
    one.add_argument("workspace", type=Path, nargs="?", default=Path(), help="文件夹 · Folder.")
    one.add_argument("--prune", action="store_true", help="停用文件夹里没有的指标 · Retire what the folder lacks.")
    one.add_argument("--note", default="", help="说明 · Note.")
    one = _command(commands, "pull", pull, "取回已发布的定义 · Write the published definitions into a folder.")
    as_user(one)
    one.add_argument("workspace", type=Path, nargs="?", default=Path(), help="文件夹 · Folder.")
    one = _command(commands, "do", do, "执行任一操作 · Perform any deed or read of the center.")
    as_user(one)
    one.add_argument(
        "name", nargs="?", help="如 catalog.answer; 不写则列出全部 · Such as catalog.answer; all if absent."
    )
    one.add_argument("inputs", nargs="*", help="名=值 · key=value")
    one = _command(commands, "serve", serve, "启动网站 · Serve the metric center in a browser.")
    at_home(one)
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=_port, default=8000)
    one.add_argument("--demo", action="store_true", help="带演示公司 · With the demo company.")


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError("1–65535")
    return int(text)


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command; an error of ours goes to standard error with its code: exit 2, or 3 from the engine."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            raise SystemExit(_perform(argv))
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except OSError as error:
        report(refused(error), as_json=False)
        raise SystemExit(2) from None


def _perform(argv: Sequence[str] | None) -> int:
    top = parser()
    args = top.parse_args(argv)
    if args.version:
        from hedu.version import __version__

        print(__version__)
        return 0
    if not hasattr(args, "run"):
        top.print_help()
        return 2
    try:
        if args.needs:
            needs(*args.needs)
        return int(args.run(args))
    except HeduError as error:
        report(error, as_json=getattr(args, "json", False))
        return 3 if isinstance(error, EngineError) else 2


def _split(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


if __name__ == "__main__":
    main()
