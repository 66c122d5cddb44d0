"""Change over time: growth by income, convergence, densities, mobility, dominance, and gaps projected.

>>> from research.measures import dynamics
>>> round(dynamics.project_gap([2021, 2022, 2023, 2024], [1.9, 1.86, 1.81, 1.77], 2025).value, 3)
1.725
"""

from research.measures.dynamics.convergence import Beta, Sigma, beta_convergence, sigma_convergence
from research.measures.dynamics.density import density_evolution
from research.measures.dynamics.dominance import Dominance, stochastic_dominance
from research.measures.dynamics.growth import GrowthIncidence, growth_incidence
from research.measures.dynamics.projection import Projection, project_gap
from research.measures.dynamics.transition import Transition, transition_matrix

__all__ = [
    "Beta",
    "Dominance",
    "GrowthIncidence",
    "Projection",
    "Sigma",
    "Transition",
    "beta_convergence",
    "density_evolution",
    "growth_incidence",
    "project_gap",
    "sigma_convergence",
    "stochastic_dominance",
    "transition_matrix",
]
