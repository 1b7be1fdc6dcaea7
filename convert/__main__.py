"""The console script, and `python -m convert`."""

import sys


def start() -> None:
    """Runs the command line.  Importing it takes half a second, in which an interruption shows no traceback either."""
    try:
        from convert.cli import main
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was begun\n")
        sys.exit(130)
    main()


if __name__ == "__main__":
    start()
