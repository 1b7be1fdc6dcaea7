"""The console script, and `python -m convert`."""

import gc
import os
import sys


def start() -> None:
    """Run the command line.  While it is imported, an interruption shows no traceback either."""
    gc.disable()  # what is imported stays
    try:
        from convert.cli import main
    except KeyboardInterrupt:
        from convert.messages import language_from_locale, translate

        language = language_from_locale(os.environ)
        sys.stderr.write(translate("interrupted before anything was written", language) + "\n")
        sys.exit(130)
    except (MemoryError, ImportError) as error:
        if not isinstance(error, MemoryError) and "memory" not in str(error) and "failed to map" not in str(error):
            raise
        sys.stderr.write("convert: there is not enough memory to start; close other programs\n")
        sys.exit(4)
    gc.enable()
    main()


if __name__ == "__main__":
    start()
