"""A wheel carries the files that a district's project is laid out from; in the clone they stand once."""

import importlib.util
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class WithProjectFiles(build_py):
    """Copies the chapters, notebooks and profiles beside the package as it is built."""

    def run(self):
        super().run()
        if self.editable_mode:
            return
        spec = importlib.util.spec_from_file_location("sources", ROOT / "src" / "research" / "starter" / "sources.py")
        sources = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sources)
        for name, path in sources.packed(ROOT).items():
            target = Path(self.build_lib) / "research" / "starter" / sources.PACKED / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


setup(cmdclass={"build_py": WithProjectFiles})
