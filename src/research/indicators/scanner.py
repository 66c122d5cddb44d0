"""The former place of `research.indicators.privacy.scanner`: programs that import it from here go on to work."""

from research.indicators.privacy.scanner import scan

__all__ = ["scan"]
