"""The tab for a smart-meter file of one's own: segments, nothing kept."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
import streamlit.components.v1 as components

from drsim.errors import DrsimError
from scenarios.app import working

MOST_MB = 50


def page() -> None:
    """Upload, segment, show; the file and what was made of it are removed again."""
    st.write(
        f"Segments the homes of a meter file (Parquet or CSV as `drsim segment` reads them, up to {MOST_MB} MB). "
        "The file stays on this computer and is not kept."
    )
    left, right = st.columns(2)
    zone = left.text_input("Time zone of the homes", "Europe/London")
    window = right.text_input("Hours that matter", "17:00-20:00")
    file = st.file_uploader("Meter file", type=["csv", "parquet"])
    if file is None:
        return
    if file.size > MOST_MB * 1_000_000:
        size = f"{file.size / 1e6:.0f} MB"
        st.error(f"The file has {size}; expected up to {MOST_MB} MB. drsim segment takes larger ones.")
        return
    with st.spinner("Reading and segmenting"):
        show(file.getvalue(), Path(file.name).name, zone, window)


def show(content: bytes, name: str, zone: str, window: str) -> None:
    """Segments of one file; trouble with the file becomes a sentence."""
    from scenarios.meter_files.segment_file import segment_file

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            result = segment_file(path, out=Path(folder) / "out", zone=zone, event_window=window)
        except DrsimError as error:
            st.error(str(error).replace(folder, "").lstrip("/\\"))
            return
        facts: Any = result.summary()
        table = pd.DataFrame([working.segment_row(segment) for segment in facts["segments"]])
        said = (
            f"{facts['premises_used']} of {facts['premises']} premises over {facts['days']} days "
            f"({facts['first_day']} to {facts['last_day']})."
        )
        report = (result.folder / "report.html").read_text(encoding="utf-8")
    st.write(said)
    st.dataframe(table, hide_index=True, width="stretch")
    components.html(report, height=1400, scrolling=True)
