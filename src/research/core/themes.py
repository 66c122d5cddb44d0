"""The six domains of the plan, which are also the themes that have a view of their own."""

THEMES = ("economy", "income", "services", "governance", "culture", "environment")
