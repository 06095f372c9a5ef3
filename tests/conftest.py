"""How the property tests search: the same cases each time in `make test`, new and many more in `make search`.

A gate must give one answer for one state of the code; finding what nobody thought of is a run of its own, whose finds
are kept as plain tests.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=5_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))
