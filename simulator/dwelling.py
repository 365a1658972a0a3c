"""Thermal envelope: two nodes (air, mass), stepped exactly, with a thermostat's duty fraction.

Equations (all heat flows in kW, capacities in kWh/K, time in hours)::

    C_a dT_a/dt = U_a (T_out - T_a) + H (T_m - T_a) + q_a
    C_m dT_m/dt = U_m (T_out - T_m) + H (T_a - T_m) + q_m

Glass and leaks join the air to outdoors (U_a), roof and walls the mass (U_m), so heat through these comes late.
U_m is such that both ways together lose the home's whole conductance: ``1 / U_opaque = 1 / U_m + 1 / H``.

With inputs held constant over a step the exact update is ``x' = E x + F u``, ``E = exp(A dt)`` and
``F = A^-1 (E - I) B``; E and F are worked out once a household. The heat that a thermostat asks for in
a step is linear in the duty fraction, so the duty that ends the step on the setpoint has a closed form
(an ideal thermostat: the deadband's own swing of a few tenths of a degree is left out).
Source: R. C. Sonderegger (1978) for equivalent thermal parameters; ISO 13790 for the two-node reduction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled, compiled_inline
from simulator.eights import Number, greatest, least

MOST_OPAQUE = 0.7  # of the air-to-mass conductance: beyond it the surface between them would be outdoors


def mass_to_outdoor_kw_per_k(
    opaque_kw_per_k: NDArray[np.float64], coupling_kw_per_k: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Conductance from mass to outdoors of roof and walls that let ``opaque_kw_per_k`` through from air to outdoors.

    Where that would take more than ``MOST_OPAQUE`` of the air-to-mass conductance, it takes that much.
    """
    opaque = np.minimum(opaque_kw_per_k, MOST_OPAQUE * coupling_kw_per_k)
    return opaque * coupling_kw_per_k / (coupling_kw_per_k - opaque)


def exact_step(
    air_outdoor_kw_per_k: NDArray[np.float64], mass_outdoor_kw_per_k: NDArray[np.float64],
    coupling_kw_per_k: NDArray[np.float64], air_kwh_per_k: NDArray[np.float64], mass_kwh_per_k: NDArray[np.float64],
    hours: float = 0.25,
) -> dict[str, NDArray[np.float64]]:  # fmt: skip
    """Exact discrete coefficients of the envelope for steps of ``hours``; one entry per matrix element.

    Parameters
    ----------
    air_outdoor_kw_per_k, mass_outdoor_kw_per_k : (households,)
        Conductance of glass and leaks, > 0, and of roof and walls to the mass, >= 0.
    coupling_kw_per_k, air_kwh_per_k, mass_kwh_per_k : (households,)
        Air-to-mass conductance, and the two heat capacities; all > 0.
    """
    a11 = -(air_outdoor_kw_per_k + coupling_kw_per_k) / air_kwh_per_k
    a12 = coupling_kw_per_k / air_kwh_per_k
    a21 = coupling_kw_per_k / mass_kwh_per_k
    a22 = -(mass_outdoor_kw_per_k + coupling_kw_per_k) / mass_kwh_per_k
    trace, determinant = a11 + a22, a11 * a22 - a12 * a21
    root = np.sqrt(np.maximum(trace**2 / 4.0 - determinant, 1e-18))
    fast, slow = trace / 2.0 - root, trace / 2.0 + root
    # exp(A t) by Sylvester's formula on the two distinct real eigenvalues
    ef, es = np.exp(fast * hours), np.exp(slow * hours)
    alpha, beta = (es - ef) / (slow - fast), (slow * ef - fast * es) / (slow - fast)
    e = {"e_aa": alpha * a11 + beta, "e_am": alpha * a12, "e_ma": alpha * a21, "e_mm": alpha * a22 + beta}
    m11, m12, m21, m22 = e["e_aa"] - 1.0, e["e_am"], e["e_ma"], e["e_mm"] - 1.0
    i11, i12, i21, i22 = a22 / determinant, -a12 / determinant, -a21 / determinant, a11 / determinant
    g11, g12 = i11 * m11 + i12 * m21, i11 * m12 + i12 * m22
    g21, g22 = i21 * m11 + i22 * m21, i21 * m12 + i22 * m22
    from_air, from_mass = air_outdoor_kw_per_k / air_kwh_per_k, mass_outdoor_kw_per_k / mass_kwh_per_k
    e["f_ao"], e["f_mo"] = g11 * from_air + g12 * from_mass, g21 * from_air + g22 * from_mass
    e["f_aq"], e["f_mq"] = g11 / air_kwh_per_k, g21 / air_kwh_per_k
    e["f_as"], e["f_ms"] = g12 / mass_kwh_per_k, g22 / mass_kwh_per_k
    return e


@compiled_inline
def next_temperature(
    from_air: Number, from_mass: Number, from_outdoor: Number, from_air_kw: Number, from_mass_kw: Number,
    air_degc: Number, mass_degc: Number, t_out_degc: float, air_kw: Number, mass_kw: Number,
) -> Number:  # fmt: skip
    """One node's temperature after a step: a row of E and F against temperatures and heat inputs.

    Numbers, or ``eights`` of the homes of a tile.
    """
    return (
        from_air * air_degc + from_mass * mass_degc + from_outdoor * t_out_degc + from_air_kw * air_kw
        + from_mass_kw * mass_kw
    )  # fmt: skip


@compiled
def heat_needed_kw(gap_k: float, kw_per_k: float, available_kw: float) -> float:
    """Heat that closes ``gap_k`` by the end of the step, at most ``available_kw``; 0 when there is no gap.

    The duty fraction of the equipment is this over what is available.
    """
    return min(max(gap_k * kw_per_k, 0.0), available_kw)


@compiled_inline
def heat_needed_k(gap_k: Number, available_k: Number) -> Number:
    """The same in K over the step: what is moved of ``gap_k`` with equipment that can move ``available_k``.

    Numbers or ``eights``.
    """
    return least(greatest(gap_k, 0.0), available_k)
