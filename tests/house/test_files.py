"""What is committed names no host and no machine, and what the texts point at exists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import ROOT, name, tracked

TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".html", ".ts", ".css", ".json", ".lock", ".sh", ".po", ""}
# Written in two halves, so that this file does not name them either.
MACHINE = re.compile("|".join(("/wor" + "k/", "/roo" + "t/", "/opt/py" + "pi", "/tmp/bri" + "ef", "/opt/whe" + "els")))
REGISTRY = re.compile(
    "|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "registry\\.npm" + "js", "npm" + "mirror"))
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def texts() -> list[tuple[str, str]]:
    return [
        (name(path), path.read_text(encoding="utf-8", errors="replace")) for path in tracked() if path.suffix in TEXT
    ]


def test_lock_files_name_no_host() -> None:
    for path in [*ROOT.glob("requirements*.lock"), *ROOT.glob("frontend/package-lock.json")]:
        hosts = set(re.findall(r"https?://([^/\s\"']+)", re.sub(r'"(url|funding)": ?"[^"]*"', "", path.read_text())))
        assert not hosts, f"{path.name} names {sorted(hosts)[:5]}"
        assert "--index" not in path.read_text() and "--find-links " not in path.read_text()


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{at}: {match.group()}"
        for at, text in texts()
        for pattern in (MACHINE, REGISTRY)
        for match in pattern.finditer(text)
    ]
    assert not found, found


def test_the_commands_of_the_texts_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        (at, target)
        for at, text in texts()
        if at.endswith(".md") and not at.startswith("CHANGELOG")
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)
    }
    assert named, "the README tells how to start"
    assert {target for _, target in named} <= targets, sorted(named)


def test_links_of_the_texts_resolve() -> None:
    broken = []
    for path in tracked():
        if path.suffix != ".md":
            continue
        for match in LINK.finditer(path.read_text(encoding="utf-8")):
            target = (match.group(1) or match.group(2)).split("#")[0]
            if target and not re.match(r"[a-z]+:", target) and not (path.parent / Path(target)).exists():
                broken.append(f"{name(path)} -> {target}")
    assert not broken, broken


def test_no_big_files() -> None:
    big = [
        f"{name(path)} {path.stat().st_size // 1024} KB"
        for path in tracked()
        if path.stat().st_size > (1_000 if path.suffix == ".png" else 600) * 1024
    ]
    assert not big, f"data is generated or kept elsewhere: {big}"
