"""Registers of policies, lists, pairs, research and pilots: what they say on a day, and pages made of them.

Examples
--------
>>> from research.registers import policy_states
>>> callable(policy_states)
True
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "Pairs": "pairs_shown",
    "check_registers": "checks",
    "compare_lists": "lists",
    "evidence": "pilots",
    "meeting_brief": "meeting",
    "policy_effects": "policies",
    "policy_states": "policies",
    "topic_states": "topics",
}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'research.registers' has no attribute {name!r}")
