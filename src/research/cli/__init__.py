"""The command `bluebook`: one thin layer over the packages, which do the work.

Heavy modules are imported inside the commands, so that ``bluebook --help`` answers at once.
"""

from __future__ import annotations

import os
import sys

from research.core.threads import one_thread
from research.errors import BluebookError

__all__ = ["app", "main"]

one_thread()


def __getattr__(name):
    if name == "app":
        from research.cli.app import app

        return app
    raise AttributeError(name)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors that people can mend are printed without a traceback.

    Parameters
    ----------
    arguments : list of str, optional
        Default: those of the process.

    Raises
    ------
    SystemExit
        Always: 0 done, 1 faults in data or content, 2 usage, 3 something missing on the machine.
    """
    from research.cli import common
    from research.cli.app import app

    common.STATE["lang"] = "en"
    try:
        app(args=arguments, prog_name="bluebook")
    except BluebookError as error:
        print(f"bluebook: {error.text(common.STATE['lang'])}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `bluebook list ... | head` is no fault
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        print(
            f"bluebook: {error.filename or ''}: {error.strerror} (free some space or choose a folder "
            "that can be written; what was finished is kept)",
            file=sys.stderr,
        )
        sys.exit(1)
