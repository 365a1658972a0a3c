"""One command of the command line a file. Each imports only typer until it is called."""
