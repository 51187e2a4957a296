"""`python -m hedu.doors.docs [FOLDER]`: write the reference."""

from __future__ import annotations

import sys
from pathlib import Path

from hedu.doors.docs import write

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference")
folder.mkdir(parents=True, exist_ok=True)
changed = write(folder)
print("已更新 · updated: " + ", ".join(changed) if changed else "参考文档没有变化 · the reference is current")
