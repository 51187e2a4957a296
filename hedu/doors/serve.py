"""A data folder -> a running site: secret key, tables, static files, demo company, then web processes and a worker.

Every step is done once and is whole or absent, so a start after a crash or a kill simply goes on.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from hedu.doors import work
from hedu.doors.refusing import INTERRUPTED, refused
from hedu.errors import EngineError, HeduError

Say = Callable[[str], None]
READY_WITHIN = 60.0
BUILT = Path(__file__).parents[1] / "center" / "static" / "built"


def serve(home: Path, host: str, port: int, demo: bool = False) -> int:
    """Prepare `home` and serve it until stopped -> exit code.

    Preparing runs in a process of its own: web processes then start from the settings as they are after it.
    """
    started = time.time()
    say = _teller(started)
    home = home.absolute()
    hindrance = _hindrance(host, port)
    if hindrance:
        say(hindrance)
        return 1
    if not (BUILT / "manifest.json").is_file():
        say("界面资源尚未构建，请先运行 make prepare · the front end is not built: run `make prepare` first")
        return 1
    address = _address(host, port)
    asked = [str(home), address, str(started), "demo" if demo else "plain"]
    done = subprocess.run([sys.executable, "-m", "hedu.doors.serve", *asked], check=False)
    if done.returncode:
        return done.returncode
    _set_environment(home, demo=demo)
    os.environ.setdefault("HEDU_HOSTS", ",".join(_hosts(host)))
    os.environ["HEDU_SUPERVISOR"] = str(os.getpid())
    _announce(address, say)
    with work.beside():
        _run(host, port)
    return 0


def _teller(started: float) -> Say:
    def say(text: str) -> None:
        print(f"[{time.time() - started:5.1f} s] {text}", file=sys.stderr, flush=True)

    return say


def _set_environment(home: Path, *, demo: bool) -> None:
    os.environ["HEDU_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hedu.center.settings")
    if demo:
        os.environ["HEDU_DEMO"] = "1"


def prepare(home: Path, say: Say, *, demo: bool = False, address: str = "") -> None:
    """Bring the folder to where the site can run; quick when nothing is to be done."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if demo:
        _clear_unfinished_demo(home, say)
    _keep_secret(home / "secret.key")
    _set_environment(home, demo=demo)
    import django

    django.setup()
    migrate(say)
    gather_static(say)
    if demo:
        _fill_demo(home, say)
    else:
        _first_administrator(say, address)


def _keep_secret(place: Path) -> None:
    """The key that signs sessions: made once, readable by the owner of the folder alone."""
    if os.environ.get("HEDU_SECRET_KEY"):
        return
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if place.stat().st_size:
            return
        handle = os.open(place, os.O_WRONLY)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))


def migrate(say: Say) -> None:
    """Bring the tables up to date, naming each step."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(targets)
    if not plan:
        return
    say(f"更新数据表，共 {len(plan)} 步 · updating the tables, {len(plan)} steps")
    executor.progress_callback = None
    executor.migrate(targets, plan)
    say("数据表就绪 · tables are ready")


def gather_static(say: Say) -> None:
    """Gather and compress static files where their sources changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    now = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = os.stat(storage.path(path))
            now.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}".encode())
    mark = settings.STATIC_ROOT / ".gathered"
    if mark.is_file() and mark.read_text() == now.hexdigest():
        return
    say("整理静态文件 · gathering static files")
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(now.hexdigest())


def _clear_unfinished_demo(home: Path, say: Say) -> None:
    """A demo whose making was interrupted is made anew: none of it is anybody's work."""
    if not (home / "demo.making").exists():
        return
    say("上次演示数据没有建完，重新开始 · the demo was left half made; starting again")
    for name in ("site.sqlite3", "site.sqlite3-wal", "site.sqlite3-shm", "demo.making"):
        (home / name).unlink(missing_ok=True)
    for name in ("warehouse", "media", "company"):
        shutil.rmtree(home / name, ignore_errors=True)


def _fill_demo(home: Path, say: Say) -> None:
    if (home / "demo.made").exists():
        return
    making = home / "demo.making"
    making.touch()
    from hedu.demo.fill import fill

    fill(home, say)
    making.rename(home / "demo.made")
    say("演示公司就绪 · the demo company is ready")


def _first_administrator(say: Say, address: str) -> None:
    """Until somebody has signed in, tell the link by which the administrator chooses a password."""
    from hedu.center.kernel.actor import SYSTEM
    from hedu.center.kernel.models import User
    from hedu.center.people import actions

    if User.objects.exclude(last_login=None).exists():
        return
    if User.objects.filter(username="admin").exists():
        invitation = actions.renew_invitation(SYSTEM, "admin")
    else:
        actions.add_department(SYSTEM, code="company", name_zh="公司", name_en="Company")
        invitation = actions.invite(SYSTEM, username="admin", name="管理员", department="company", role="administrator")
    link = address.rstrip("/") + invitation.link
    say(f"首次使用，请打开链接设置 admin 的密码 · first time: choose the password of `admin` at\n    {link}")


def _hindrance(host: str, port: int) -> str:
    """What keeps the site from listening there, in both languages; empty where nothing does."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"端口 {port} 已被占用，请用 --port 换一个 · port {port} is taken; choose another with --port"
            told = f"{host}:{port} ({error.strerror})"
            return f"不能在 {told} 监听，请检查 --host 和 --port · cannot listen on {told}; check --host and --port"
    return ""


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  (compared, not bound)
    return f"http://{shown}:{port}/"


def _hosts(host: str) -> list[str]:
    """The names that the site answers to unless HEDU_HOSTS says: this machine's, where it is open to others."""
    local = ["localhost", "127.0.0.1", "[::1]"]
    if host not in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        return [*local, host] if host not in local else local
    name = socket.gethostname()
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(name, None)}
    except OSError:
        found = set()
    return [*local, name, *sorted(f"[{ip}]" if ":" in ip else ip for ip in found)]


def _announce(address: str, say: Say) -> None:
    """Say the address once the site answers there."""

    def wait() -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{address}health/", timeout=2):  # noqa: S310  (our own address)
                    say(f"合度已就绪 · Hedu is ready: {address}")
                    return
            except OSError:
                time.sleep(0.1)

    threading.Thread(target=wait, daemon=True).start()


def _run(host: str, port: int) -> None:
    """Web processes under a supervisor that replaces those that die; returns after SIGINT or SIGTERM."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    workers = int(os.environ.get("HEDU_WORKERS") or min(2, os.cpu_count() or 1))
    threads = int(os.environ.get("HEDU_THREADS") or 8)
    Granian(
        target="hedu.doors.asgi:wsgi",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=int(work.LEAVE_WITHIN),  # one that is only starting does not hear that it should end
    ).serve()


def _prepare_told(arguments: list[str]) -> int:
    """`prepare` as a program: an error of ours is told in both languages -> exit code."""
    home, address, started, kind = arguments
    say = _teller(float(started))
    try:
        try:
            prepare(Path(home), say, demo=kind == "demo", address=address)
        except OSError as error:
            raise refused(error) from error
    except KeyboardInterrupt:
        return INTERRUPTED
    except HeduError as error:
        for problem in error.problems:
            say(f"{problem.code}  {problem.where or ''}")
            say(f"{problem.what('zh')} {problem.hint('zh')} · {problem.what('en')} {problem.hint('en')}")
        return 3 if isinstance(error, EngineError) else 2
    return 0


if __name__ == "__main__":
    sys.exit(_prepare_told(sys.argv[1:]))
