"""``python -m drsim``: the command line where no script is on the PATH."""

import importlib

if __name__ == "__main__":  # looked up by name, as the front door does: the common language imports no room
    importlib.import_module("scenarios.cli").main()
