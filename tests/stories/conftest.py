"""A real site with the demo company, and people in a real Chromium.

`HEDU_STORIES_URL` points the stories at a site that already runs (in demo mode).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

READY_WITHIN = 240.0
PATIENCE_MS = 15_000


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One site and its people serve all stories, so they are told one after another, among the slow tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium here: sudo apt-get install -y chromium")
    return found


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/accounts/login/", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _started(home: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    port = _free_port()
    command = [sys.executable, "-m", "hedu.doors.cli", "serve", "--demo", "--home", str(home), "--port", str(port)]
    environment = {**os.environ, "HEDU_WORKERS": "1", "DJANGO_SETTINGS_MODULE": "hedu.center.settings"}
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + READY_WITHIN
    while not _answers(url):
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            pytest.fail(f"the site did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.3)
    return server, url


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with the demo company. Test processes share one data folder, made by the first."""
    given = os.environ.get("HEDU_STORIES_URL")
    if given:
        yield given.rstrip("/")
        return
    _chromium()
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with (shared / "stories.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server, url = _started(shared / "stories-home", base / "stories.log")
    yield url
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()


@pytest.fixture
def administrator() -> str:
    return "admin"


@pytest.fixture(scope="module")
def chromium(site: str) -> Iterator[object]:
    """A browser for the stories of one file; its event loop must not outlive them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: object, site: str) -> Iterator[Callable[..., object]]:
    """Sign somebody in: visit("username", lang="en") -> their page. Errors in a page fail the story."""
    contexts, troubles = [], []

    def enter(username: str, lang: str = "zh", width: int = 1440, theme: str = "light") -> object:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            locale="en-US" if lang == "en" else "zh-CN",
            color_scheme=theme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.goto("/accounts/login/")
        token = page.locator('input[name="csrfmiddlewaretoken"]').first.input_value()
        answer = context.request.post(
            "/demo/sign-in/",
            form={"username": username, "csrfmiddlewaretoken": token},
            headers={"Referer": f"{site}/accounts/login/", "Accept-Language": "en" if lang == "en" else "zh-CN"},
        )
        assert answer.ok, f"{username} cannot sign in: {answer.status}"
        page.goto("/")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not troubles, troubles
