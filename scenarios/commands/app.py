"""``drsim app``: the what-if page in a browser, on this computer only."""

from __future__ import annotations

from typing import Annotated

import typer

from scenarios.commands.guard import guarded


@guarded
def what_if_app(
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Where the page listens.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open the what-if page: move levers, see one replication at once and the intervals fill in.

    It listens on this computer only (127.0.0.1) and asks no other host for anything. Needs the extra "app":
    pip install "drsim[app]". Ends with Ctrl-C, or when its process is asked to end (SIGTERM).

    \b
    Examples:
      drsim app
      drsim app --port 8600 --no-browser
    """
    import importlib.util
    import signal
    import subprocess
    import sys
    from pathlib import Path
    from types import FrameType

    from drsim.errors import DrsimError

    if importlib.util.find_spec("streamlit") is None:
        raise DrsimError('the page needs Streamlit, which is not installed; pip install "drsim[app]"')
    page = Path(__file__).resolve().parents[1] / "app" / "page.py"
    options = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "false" if browser else "true",
        "server.maxUploadSize": "50",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "theme.base": "light",
        "theme.primaryColor": "#0072B2",
    }
    flags = [part for key, value in options.items() for part in (f"--{key}", value)]

    def asked_to_end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, asked_to_end)  # else this process would end alone, and the page would stay
    with subprocess.Popen([sys.executable, "-m", "streamlit", "run", str(page), *flags]) as server:
        try:
            code = server.wait()
        finally:
            server.terminate()
    raise typer.Exit(1 if code not in (0, 130, -2) else 0)
