"""Memory networks: what a layer remembers, and the modulator that follows from it.

A memory is one file here (its settings and its mathematics), one process that runs it, and
one line in :data:`Memory`.
"""

from lava_ib.rule.memory.features import Features
from lava_ib.rule.memory.prototype import Prototype
from lava_ib.rule.memory.reservoir import Reservoir
from lava_ib.rule.memory.slots import Slots
from lava_ib.rule.memory.window import Window

Memory = Window | Prototype | Features | Slots | Reservoir

__all__ = ["Features", "Memory", "Prototype", "Reservoir", "Slots", "Window"]
