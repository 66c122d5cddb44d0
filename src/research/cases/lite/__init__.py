"""The notebooks of case bundles, to run in a reader's browser: `bluebook render --to lite`."""

from research.cases.lite.pages import write

__all__ = ["write"]
