"""A configuration folder like the demo's, led to a server, for commands that run as programs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from pipeline.demo import CONFIG


def sample_folder(folder: Path, mirrors: Mapping[str, str], changes: Mapping[str, str]) -> Path:
    """Copy the demo's configuration to `folder`, with these mirrors.

    `changes` are texts of ``newsletter.toml`` and what to put in their place; each must be there.
    """
    if not folder.exists():
        shutil.copytree(CONFIG, folder)
    text = (CONFIG / "newsletter.toml").read_text(encoding="utf-8")
    table = ", ".join(f'"{prefix}" = "{there}"' for prefix, there in mirrors.items())
    for before, after in {"[network]": f"[network]\nmirrors = {{ {table} }}", **changes}.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    (folder / "newsletter.toml").write_text(text, encoding="utf-8")
    return folder
