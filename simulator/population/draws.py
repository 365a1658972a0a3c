"""Keyed draws of household traits: one stream a trait, so that their order does not matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from simulator.keyed_random import Purpose, normals, uniforms
from simulator.population.joint import Lean, Society

Array = NDArray[np.float64]


class Draws:
    """Keyed draws, one stream a trait; the order in which traits are asked for does not matter."""

    def __init__(self, seed: int, replication: int, households: int) -> None:
        self.seed, self.replication, self.n = seed, replication, households

    def settle(self, society: Society, income: Array, kind: NDArray[np.integer], owner: Array, log_area: Array) -> None:
        """Tell who lives where, so that ownership may lean on it; ``society`` is the region's reference."""
        self.society, self._standing = society, (income, kind, owner, log_area)

    def _stream(self, trait: str) -> int:
        return int.from_bytes(trait.encode()[-7:], "little") ^ (sum(trait.encode()) << 48)

    def z(self, trait: str) -> Array:
        return normals(self.seed, self.replication, self._stream(trait), self.n, Purpose.POPULATION)

    def u(self, trait: str) -> Array:
        return uniforms(self.seed, self.replication, self._stream(trait), self.n, Purpose.STOCK)

    def owns(self, trait: str, share: float, shift: Array | float = 0.0) -> NDArray[np.bool_]:
        """Ownership at a mean ``share`` moved on the logit scale by ``shift``; 0 and 1 are exact."""
        if share <= 0.0 or share >= 1.0:
            return np.full(self.n, share >= 1.0)
        return np.asarray(self.u(trait) < expit(logit(share) + shift))

    def leans(self, trait: str, share: float, lean: Lean) -> NDArray[np.bool_]:
        """Ownership at a mean ``share`` over the region, leaning on who lives where; 0 and 1 are exact."""
        if share <= 0.0 or share >= 1.0:
            return np.full(self.n, share >= 1.0)
        return np.asarray(self.u(trait) < expit(self.society.intercept(share, lean) + lean.of(*self._standing)))

    def lognormal(self, trait: str, mean: float, log_sd: float) -> Array:
        return np.asarray(mean * np.exp(log_sd * self.z(trait) - 0.5 * log_sd**2))
