"""One thread for linear algebra in each of the tests' processes: those that share cores would wait for each other."""

from research.core.threads import one_thread

one_thread()
