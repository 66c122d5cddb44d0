"""The former place of `research.indicators.privacy.disclosure`: programs that import it from here go on to work."""

from research.indicators.privacy.disclosure import Rules, protect, reason, rounded, rules
from research.indicators.privacy.exposure import exposed, relations

__all__ = ["Rules", "exposed", "protect", "reason", "relations", "rounded", "rules"]
