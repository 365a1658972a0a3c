"""Eight homes' numbers at once: one vector register of the processor as one value of compiled code.

The compiler vectorises a loop over homes only when it can prove that its rows of memory do not touch, which it
seldom can. So the loops over a tile say it: ``eight(w, at)`` takes eight neighbours of a flat array as one value,
which adds, multiplies and compares like a number, and ``put`` writes it back. A formula written with ``pick``,
``least`` and ``greatest`` (and no ``if``) serves numbers and eights alike. Each of the eight goes through the same IEEE
operations in the same order as a single number would, so the results are the same bits. On processors with narrower
registers the compiler takes several.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from simulator.compiled import compiled_inline  # isort: skip  (it tells numba, imported below, where its cache is)
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, overload, register_model

#: A float64 or eight of them; an eight. (mypy can not tell them apart: numba gives them their types.)
Number: TypeAlias = Any
Eight: TypeAlias = Any
WIDTH = 8
_DOUBLES = ir.VectorType(ir.DoubleType(), WIDTH)
_FLOATS = ir.VectorType(ir.FloatType(), WIDTH)
_intrinsic: Any = intrinsic
_BITS = ir.VectorType(ir.IntType(1), WIDTH)


class EightType(types.Type):
    """Compiled type of eight float64."""


class MaskType(types.Type):
    """Compiled type of eight truth values."""


EIGHT, MASK = EightType("eight"), MaskType("mask")


@register_model(EightType)
class _EightModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _DOUBLES)


@register_model(MaskType)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _BITS)


def _spread(builder: Any, value: Any) -> Any:
    """Eight times the same number."""
    if isinstance(value.type, ir.VectorType):
        return value
    one = builder.insert_element(ir.Constant(_DOUBLES, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH))


def _binary(function: Any, result: types.Type, build: Callable[[Any, Any, Any], Any]) -> None:
    pairs = [(EIGHT, EIGHT), (EIGHT, types.float64), (types.float64, EIGHT)]

    @infer_global(function)
    class _Typing(ConcreteTemplate):
        cases = tuple(signature(result, *pair) for pair in pairs)

    for pair in pairs:

        @lower_builtin(function, *pair)
        def _lower(context: Any, builder: Any, kinds: Any, values: Any) -> Any:
            return build(builder, _spread(builder, values[0]), _spread(builder, values[1]))


for _add in (operator.add, operator.iadd):
    _binary(_add, EIGHT, lambda builder, a, b: builder.fadd(a, b))
for _sub in (operator.sub, operator.isub):
    _binary(_sub, EIGHT, lambda builder, a, b: builder.fsub(a, b))
_binary(operator.mul, EIGHT, lambda builder, a, b: builder.fmul(a, b))
_binary(operator.truediv, EIGHT, lambda builder, a, b: builder.fdiv(a, b))


def _compare(function: Any, sign: str) -> None:
    name = "fcmp_unordered" if sign == "!=" else "fcmp_ordered"  # as numba compares numbers
    _binary(function, MASK, lambda builder, a, b: getattr(builder, name)(sign, a, b))


_compare(operator.lt, "<")
_compare(operator.gt, ">")
_compare(operator.le, "<=")
_compare(operator.ge, ">=")
_compare(operator.eq, "==")
_compare(operator.ne, "!=")


@infer_global(operator.and_)
class _And(ConcreteTemplate):
    cases = (signature(MASK, MASK, MASK),)


@lower_builtin(operator.and_, MASK, MASK)
def _and(context: Any, builder: Any, kinds: Any, values: Any) -> Any:
    return builder.and_(*values)


def _address(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), _DOUBLES.as_pointer())


@_intrinsic
def _load(typing: Any, w: Any, at: Any) -> Any:
    def build(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return builder.load(_address(context, builder, sig.args[0], values[0], values[1]), align=8)

    return EIGHT(w, types.int64), build


@_intrinsic
def _store(typing: Any, w: Any, at: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        value = _spread(builder, values[2])
        builder.store(value, _address(context, builder, sig.args[0], values[0], values[1]), align=8)
        return context.get_dummy_value()

    return types.void(w, types.int64, EIGHT if value is EIGHT else types.float64), build


@_intrinsic
def _select(typing: Any, mask: Any, a: Any, b: Any) -> Any:
    def build(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return builder.select(values[0], _spread(builder, values[1]), _spread(builder, values[2]))

    wide = [EIGHT if kind is EIGHT else types.float64 for kind in (a, b)]
    return EIGHT(MASK, *wide), build


@_intrinsic
def _narrow(typing: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return builder.fpext(builder.fptrunc(values[0], _FLOATS), _DOUBLES)

    return EIGHT(EIGHT), build


@_intrinsic
def _sum(typing: Any, w: Any, at: Any, n: Any) -> Any:
    def build(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        four, whole = ir.VectorType(ir.DoubleType(), 4), ir.IntType(64)
        data = context.make_array(sig.args[0])(context, builder, values[0]).data
        total = cgutils.alloca_once_value(builder, ir.Constant(four, [0.0] * 4))
        with cgutils.for_range(builder, builder.sdiv(values[2], whole(4))) as loop:
            start = builder.gep(data, [builder.add(values[1], builder.mul(loop.index, whole(4)))])
            more = builder.load(builder.bitcast(start, four.as_pointer()), align=8)
            builder.store(builder.fadd(builder.load(total), more), total)
        totals = builder.load(total)
        a, b, c, d = (builder.extract_element(totals, ir.IntType(32)(lane)) for lane in range(4))
        first = cgutils.alloca_once_value(builder, a)
        done = builder.mul(builder.sdiv(values[2], whole(4)), whole(4))
        with cgutils.for_range_slice(builder, done, values[2], whole(1)) as (i, _):
            rest = builder.load(builder.gep(data, [builder.add(values[1], i)]))
            builder.store(builder.fadd(builder.load(first), rest), first)
        return builder.fadd(builder.fadd(builder.load(first), b), builder.fadd(c, d))

    return types.float64(w, types.int64, types.int64), build


@_intrinsic
def _widen(typing: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return _spread(builder, values[0])

    return EIGHT(types.float64), build


def eight(w: Any, at: int) -> Any:
    """The eight numbers from place ``at`` of a float64 array as it lies in memory, as one value."""
    return w.reshape(-1)[at : at + WIDTH].copy()


def put(w: Any, at: int, value: Any) -> None:
    """Write an eight, or eight times a number, from place ``at`` of a float64 array as it lies in memory."""
    w.reshape(-1)[at : at + WIDTH] = value


def four_sums(w: Any, at: int, n: int) -> float:
    """Sum of ``n`` neighbours from place ``at`` of an array as it lies in memory, by four running sums.

    One sum would wait for each addition before it starts the next. What is left over goes to the first.
    """
    values, totals = w.reshape(-1)[at : at + n], np.zeros(4)
    for start in range(0, n - n % 4, 4):
        totals += values[start : start + 4]
    for value in values[n - n % 4 :]:
        totals[0] += value
    return float((totals[0] + totals[1]) + (totals[2] + totals[3]))


def eight_of(number: float) -> Any:
    """Eight times the same number."""
    return np.full(WIDTH, number)


def float32_of(value: Any) -> Any:
    """An eight rounded to 32 bits and back."""
    return value.astype(np.float32).astype(np.float64)


def pick(condition: Any, a: Any, b: Any) -> Any:
    """``a`` where the condition holds, else ``b``: of numbers, or of eights one by one."""
    return np.where(condition, a, b) if isinstance(condition, np.ndarray) else (a if condition else b)


_OPTIONS: dict[str, Any] = {"jit_options": {"forceinline": True}, "strict": False}


@overload(eight, **_OPTIONS)
def _eight(w: Any, at: Any) -> Any:
    return lambda w, at: _load(w, at)


@overload(put, **_OPTIONS)
def _put(w: Any, at: Any, value: Any) -> Any:
    return lambda w, at, value: _store(w, at, value)


@overload(four_sums, **_OPTIONS)
def _four_sums(w: Any, at: Any, n: Any) -> Any:
    return lambda w, at, n: _sum(w, at, n)


@overload(eight_of, **_OPTIONS)
def _eight_of(number: Any) -> Any:
    return lambda number: _widen(number)


@overload(float32_of, **_OPTIONS)
def _float32_of(value: Any) -> Any:
    return lambda value: _narrow(value)


@overload(pick, **_OPTIONS)
def _pick(condition: Any, a: Any, b: Any) -> Any:
    if condition is MASK:
        return lambda condition, a, b: _select(condition, a, b)
    return lambda condition, a, b: a if condition else b


@compiled_inline
def least(a: Any, b: Any) -> Any:
    """The lesser of two, as ``min(a, b)`` of numbers; of eights one by one."""
    return pick(b < a, b, a)


@compiled_inline
def greatest(a: Any, b: Any) -> Any:
    """The greater of two, as ``max(a, b)`` of numbers; of eights one by one."""
    return pick(b > a, b, a)
