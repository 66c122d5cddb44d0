"""Surveys from plan to estimate: sizes, allocation, selection, weights, errors.

`plan` says how many households where; `select` draws villages and households; `weights` makes the weights of who
answered; `estimates` gives figures with errors that know the weights; `social` reads batteries of opinions.

>>> from research.survey import plan
>>> plan.sample_size(share=0.5, half_width=0.05, population=1000).respondents
278
"""
