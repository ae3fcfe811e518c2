"""Make a ProcessModel of a running command fail; becomes a ``sitecustomize.py``.

``LAVA_IB_TEST_FAULT="layer1 run_spk 3 raise FILE"``: the Process of that name fails in that
method at that time step, after writing FILE. ``raise``, ``exit`` and ``sleep`` are the ways.
The product knows nothing of it: Lava's own base class is wrapped as it is imported.
"""

import importlib.abc
import os
import sys
import time
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

_MODULE = "lava.magma.core.model.py.model"
_FAULT = os.environ.get("LAVA_IB_TEST_FAULT", "")


def _fail(way, file):
    Path(file).write_text("failed")
    if way == "exit":
        os._exit(3)
    if way == "sleep":
        time.sleep(1000)
    raise ZeroDivisionError("injected fault")


def _spoil(model, part, method, step, way, file):
    if model.proc_params.get("name") != part:
        return
    original = getattr(model, method)

    def fail_at_the_step():
        if model.time_step == int(step):
            _fail(way, file)
        original()

    setattr(model, method, fail_at_the_step)


class _Loader(importlib.abc.Loader):
    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        base = module.AbstractPyProcessModel
        start = base.start

        def start_spoilt(model):
            _spoil(model, *_FAULT.split())
            start(model)

        base.start = start_spoilt


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name != _MODULE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        spec.loader = _Loader(spec.loader)
        return spec


def _run_the_other_sitecustomize():
    here = Path(__file__).parent.resolve()
    others = [folder for folder in sys.path if Path(folder).resolve() != here]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None:
        spec.loader.exec_module(module_from_spec(spec))


_run_the_other_sitecustomize()
if _FAULT:
    sys.meta_path.insert(0, _Finder())
