"""Measures what docs/design.md promises and prints one table; ratios within one run, never a timed test."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does, before numpy is imported
