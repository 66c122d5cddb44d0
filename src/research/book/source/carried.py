"""Which of Quarto's classes the engine carries, and which would be lost without a word."""

from __future__ import annotations

import re

NOT_CARRIED = re.compile(
    r"^(panel-(?!tabset$)|column-|callout$|callout-(?!note$|tip$|warning$|important$|caution$)"
    r"|aside$|grid$|g-col|quarto-|incremental$|nonincremental$|notes$|fragment|theorem$"
    r"|lightbox|list-table$|landscape$|hidden$|kbd$|marginnote)"
)

KNOWN_DIVS = (
    "callout-note",
    "callout-tip",
    "callout-warning",
    "callout-important",
    "callout-caution",
    "panel-tabset",
    "content-visible",
    "content-hidden",
    "columns",
    "column",
    "proof",
    "remark",
    "solution",
)
