"""What the codes of a snapshot are called, read from the snapshot itself."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Names"]


@dataclass(frozen=True)
class Names:
    """Names of indicators, places, targets and parts of the index by their codes; `own`: indicator of each target."""

    indicators: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    targets: dict = field(default_factory=dict)
    parts: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)

    @classmethod
    def of(cls, inputs: dict) -> Names:
        """The names that the reference tables of a snapshot hold.

        Parameters
        ----------
        inputs : dict
            As `research.edition.changes.snapshot.inputs_of` gives them.
        """
        settings = inputs.get("reference/district.yml", {}).get("values", {})
        district = {settings["code"]: settings.get("name", "")} if "code" in settings else {}
        table = "reference/indicators.csv"
        return cls(
            _pairs(inputs, table, "id", "name_zh"),
            district | _pairs(inputs, "reference/places.csv", "code", "name"),
            _pairs(inputs, "reference/targets.csv", "id", "indicator"),
            {
                "ALL": "综合指数",
                **_pairs(inputs, table, "domain_code", "domain_zh"),
                **_pairs(inputs, table, "subdomain_code", "subdomain_zh"),
            },
            _pairs(inputs, "reference/target_indicators.csv", "target", "indicator"),
        )

    def subject(self, code: str) -> bool:
        """Whether a code means an indicator, a target or a part of the index."""
        return code in self.indicators or code in self.targets or code in self.parts

    def word(self, code: str) -> str:
        """A code with its name, where it has one.

        Examples
        --------
        >>> Names(indicators={"A-1": "倍差"}).word("A-1"), Names().word("2024")
        ('倍差（A-1）', '2024')
        """
        if code in self.places:
            return self.places[code]
        name = self.indicators.get(code) or self.targets.get(code) or self.parts.get(code)
        return f"{name}（{code}）" if name else code


def _pairs(inputs, file, key, name):
    held = inputs.get(file, {})
    columns = held.get("columns", [])
    if key not in columns or name not in columns:
        return {}
    one, two = columns.index(key), columns.index(name)
    return {row[one]: row[two] for row in held["rows"]}
