"""The definitions as the textbooks write them: slow loops, nothing shared with the code under test."""

import math


def pairs(x, w):
    return list(zip(x, w, strict=True))


def total(x, w):
    return math.fsum(a * b for a, b in pairs(x, w))


def mean(x, w):
    return total(x, w) / math.fsum(w)


def gini(x, w):
    both = pairs(x, w)
    top = math.fsum(wi * wj * abs(xi - xj) for xi, wi in both for xj, wj in both)
    return top / (2 * math.fsum(w) ** 2 * mean(x, w))


def entropy(x, w, alpha):
    mu, whole = mean(x, w), math.fsum(w)
    if alpha == 0:
        return math.fsum(wi * math.log(mu / xi) for xi, wi in pairs(x, w)) / whole
    if alpha == 1:
        return math.fsum(wi * xi / mu * math.log(xi / mu) for xi, wi in pairs(x, w) if xi > 0) / whole
    return (math.fsum(wi * (xi / mu) ** alpha for xi, wi in pairs(x, w)) / whole - 1) / (alpha * (alpha - 1))


def atkinson(x, w, epsilon):
    mu, whole = mean(x, w), math.fsum(w)
    if epsilon == 1:
        return 1 - math.exp(math.fsum(wi * math.log(xi) for xi, wi in pairs(x, w)) / whole) / mu
    power = math.fsum(wi * xi ** (1 - epsilon) for xi, wi in pairs(x, w)) / whole
    return 1 - power ** (1 / (1 - epsilon)) / mu


def hoover(x, w):
    mu = mean(x, w)
    return math.fsum(wi * abs(xi - mu) for xi, wi in pairs(x, w)) / (2 * total(x, w))


def cv(x, w):
    mu = mean(x, w)
    return math.sqrt(math.fsum(wi * (xi - mu) ** 2 for xi, wi in pairs(x, w)) / math.fsum(w)) / mu


def quantile(x, w, q):
    """R's laeken::weightedQuantile, for whole weights by writing each person out."""
    people = sorted(xi for xi, wi in pairs(x, w) for _ in range(int(wi)))
    n = len(people)
    if q == 0:
        return people[0]
    position = q * n
    nearest = round(position)
    if abs(position - nearest) < 1e-9:
        return (people[nearest - 1] + people[min(nearest, n - 1)]) / 2
    return people[math.ceil(position) - 1]


def held_by_poorest(x, w, share):
    """Income of the poorest `share` of persons, the one on the border split."""
    left, held = share * math.fsum(w), 0.0
    for xi, wi in sorted(pairs(x, w)):
        take = min(wi, left)
        held += take * xi
        left -= take
        if left <= 0:
            break
    return held


def quintile_ratio(x, w, share=0.2):
    low, high = quantile(x, w, share), quantile(x, w, 1 - share)
    poor = [(a, b) for a, b in pairs(x, w) if a <= low]
    rich = [(a, b) for a, b in pairs(x, w) if a > high]
    return total(*zip(*rich, strict=True)) / total(*zip(*poor, strict=True))


def quintile_mean_ratio(x, w, share=0.2):
    low, high = quantile(x, w, share), quantile(x, w, 1 - share)
    poor = [(a, b) for a, b in pairs(x, w) if a <= low]
    rich = [(a, b) for a, b in pairs(x, w) if a > high]
    return mean(*zip(*rich, strict=True)) / mean(*zip(*poor, strict=True))


def fgt(x, w, line, alpha):
    return math.fsum(wi * ((line - xi) / line) ** alpha for xi, wi in pairs(x, w) if xi < line) / math.fsum(w)


def wolfson(x, w):
    lorenz = held_by_poorest(x, w, 0.5) / total(x, w)
    return 2 * (2 * (0.5 - lorenz) - gini(x, w)) * mean(x, w) / quantile(x, w, 0.5)


def deprivation(x, w, i):
    whole = math.fsum(w)
    return math.fsum(wj * (xj - x[i]) for xj, wj in pairs(x, w) if xj > x[i]) / whole


def extended_gini(x, w, v):
    """One less the mean of income weighted by rank, by the integral over each person's span of ranks."""
    whole, above, out = math.fsum(w), math.fsum(w), 0.0
    for xi, wi in sorted(pairs(x, w)):
        below = above - wi
        out += xi / mean(x, w) * ((above / whole) ** v - (max(below, 0.0) / whole) ** v)
        above = below
    return 1 - out


def zenga(x, w):
    levels = sorted(set(x))
    people = {v: math.fsum(wi for xi, wi in pairs(x, w) if xi == v) for v in levels}
    out = 0.0
    for v in levels:
        low = [(a, b) for a, b in pairs(x, w) if a <= v]
        high = [(a, b) for a, b in pairs(x, w) if a > v] or [(levels[-1], 1.0)]
        out += people[v] * (1 - mean(*zip(*low, strict=True)) / mean(*zip(*high, strict=True)))
    return out / math.fsum(w)


def der(x, w, alpha, h):
    mu, whole = mean(x, w), math.fsum(w)
    both = [(xi / mu, wi / whole) for xi, wi in pairs(x, w)]

    def density(at):
        return math.fsum(wj * math.exp(-(((xj - at) / h) ** 2) / 2) for xj, wj in both) / (h * math.sqrt(2 * math.pi))

    return math.fsum(wi * density(xi) ** alpha * wj * abs(xi - xj) for xi, wi in both for xj, wj in both)
