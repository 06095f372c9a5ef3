"""`mcqueen serve` where what `deploy/left-out.txt` names cannot be imported, as in the image."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

from assistant.cli.main import main

LEFT_OUT = set((Path(__file__).parents[3] / "deploy" / "left-out.txt").read_text(encoding="utf-8").split())
NAMES = {
    module
    for module, distributions in packages_distributions().items()
    if {name.lower().replace("_", "-") for name in distributions} <= LEFT_OUT
}


class Nothing(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in NAMES:
            raise ModuleNotFoundError(f"{fullname} is left out", name=fullname)
        return None


if __name__ == "__main__":
    assert len(NAMES) >= len(LEFT_OUT) - 4, "what is left out is there, so that leaving it out is tried"
    sys.meta_path.insert(0, Nothing())
    main()
