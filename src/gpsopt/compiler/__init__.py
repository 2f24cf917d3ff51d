"""Pyomo rules at the speed of arrays: each rule is called once with index templates, then numpy does whole arrays.

Everything declared here is a real Pyomo component: `m.clause.rule[index].expr` is an ordinary expression, an LP file or
another Pyomo solver works on the model as it stands. Data objects are made when somebody asks for one.

Sets
    m.YEARS = ArraySet([2015, 2016])                                 scalars
    m.NEED_YEARS = ArraySet([("n1", 2015), ...], dimen=2)            tuples; dimen is needed where there may be none
    m.NEED_YEARS = ArraySet(columns=[(m.NEEDS, need_positions), (m.YEARS, year_positions)])
        fastest: positions in other sets, which makes no tuples. A part may itself have several places:
        m.PAIRS = ArraySet(columns=[(m.OFFERS, offer_positions), (m.NEED_YEARS, need_year_positions)])
    m.PAIRS.positions_in(m.NEED_YEARS, places=(1, 2))                where places 1 and 2 of each member stand there
    m.PAIRS.layout.position(key), .member(i), .members()             one key, one position, all keys

Sets of sets: every member of the outer set has an entry, maybe an empty one; members come in the inner set's order.
    m.PAIRS_OF = member_set(m.NEED_YEARS, m.PAIRS, by=(1, 2))        pair (o, n, t) belongs to (n, t)
    m.NEEDS_OF = member_set(m.PURCHASERS, m.NEEDS, owner=positions)  one owner for each inner member, -1 for none
    m.OFFERS_OF = member_set(m.NEED_YEARS, m.OFFERS, pairs=(need_year_positions, offer_positions))
    m.NEEDS_OF = member_set(m.PURCHASERS, m.NEEDS, {"p1": ["n1"]})   keys; for small or hand-made sets
    m.STEPS = member_set(m.LADDERS, members={("g", "n"): ["o1"]}, dimen=1)   members that are no set of their own

Numbers and decisions
    m.price = ArrayParam(m.PAIRS, array)                             one number for each member, or one for all
    m.x = ArrayVar(m.PAIRS, lower=0, upper=array, integer=flags)     each one for all or one each; no bound unless given
    m.share = pyo.Param(initialize=0.5); m.worst = pyo.Var(bounds=(0, 1))    single ones are ordinary Pyomo

Rules: the Block first, then the index; one comparison is returned.
    m.coverage = pyo.Block()
    def floor_is_reached(b, n, t):
        m = b.model()
        return served(m, n, t) >= m.floor_quantity[n, t]
    m.coverage.floor_is_reached = ArrayConstraint(m.NEED_YEARS, rule=floor_is_reached)
    m.coverage.one_row = ArrayConstraint(rule=f)                     without an index
    `pyo.inequality(lower, body, upper)` may have infinite bounds, also one by one.
    A set without members gives no row; its rule is not called.

What a rule may hold: + - * /, sums over ArraySets and member sets, nested as deep as needed
(`sum(served(m, n, t) for n in m.NEEDS_OF[p])`), parameters, decisions, named expressions, numeric labels as numbers
(`t - 2014`). Products of decisions, powers, tests on data, loops over sets outside sum(), calculated indices and
parameters as indices are refused with a CompileError that names clause, rule and node. A rule must take the model from
its Block (`b.model()`), not from an enclosing function, or a cloned model would talk about the first one.

Which sum is fastest: members that are whole keys of what is looked up, `sum(m.x[k] for k in m.PAIRS_OF[n, t])` or
`sum(m.price[o, n2, t2] * m.x[o, n2, t2] for o, n2, t2 in m.PAIRS_OF[n, t])` need no look-up. With scalar members,
`sum(m.x[o, n, t] for o in m.OFFERS_OF[n, t])`, positions are searched once for each such sum and then shared by all
rules that write it. Both give the same rows.

Named expressions
    m.served = ArrayExpression(m.NEED_YEARS, rule=f)                 usable in rules: compiled once, then gathered
    m.aims = pyo.Block(); m.aims.outlay = ArrayExpression(m.PURCHASERS, rule=f)   an aim, split by its index

Compiling
    compiled = compile_model(m)                                      arrays, see Compiled
    compiled.matrix, .row_lower, .row_upper, .column_lower, .column_upper, .integer
    compiled.rows["coverage.floor_is_reached"].slice; compiled.row("coverage.floor_is_reached", ("n1", 2015))
    compiled.columns["x"].slice; compiled.column("x", key); compiled.row_key(i), .column_key(j) -> (name, index)
    compiled.aims["outlay"].matrix, .constant, .keys, .total() -> (costs, constant), .values(point)
"""

from gpsopt.compiler import pyomo_adapter  # before anybody loads scipy
from gpsopt.compiler.compile import Compiled, Parts, Span, compile_model
from gpsopt.compiler.components import ArrayConstraint, ArrayExpression, ArrayParam, ArrayVar
from gpsopt.compiler.failure import CompileError
from gpsopt.compiler.sets import ArraySet, MemberSet, member_set

__all__ = [
    "ArrayConstraint",
    "ArrayExpression",
    "ArrayParam",
    "ArraySet",
    "ArrayVar",
    "CompileError",
    "Compiled",
    "MemberSet",
    "Parts",
    "Span",
    "compile_model",
    "member_set",
    "pyomo_adapter",
]
