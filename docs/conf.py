"""How the documentation is built: ``sphinx-build -W docs docs/_build``; needs no network."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

_project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "drsim"
author = "the drsim contributors"
copyright = author
version = release = _project["version"]

# Pages and notebooks made from the code and the lessons; they stand beneath docs/generated and are not kept.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
import lesson_notebooks  # noqa: E402
import reference_pages  # noqa: E402

_generated = Path(__file__).parent / "generated"
reference_pages.write_all(_generated)
lesson_notebooks.write_all(Path(__file__).parent, _generated / "notebooks")
html_extra_path = ["generated/notebooks"]

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "generated/notebooks"]

html_theme = "furo"
html_title = f"drsim {version}"
html_show_copyright = False
