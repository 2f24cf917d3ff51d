"""Clauses that have no rows: they decide which pairs, posts and purchasers there are. The rules stand in
`model/pairs.py` (pairs) and `model/decisions.py` (new direct units); here stands what each of them says."""

from __future__ import annotations

from typing import Final

#: clause -> source, sentence, rule and what its price means, in the form of the other clauses' docstrings
EXCLUDING: Final[dict[str, str]] = {
    "catalogue_scope": """Source: 3(1), 2(2)2, 4(2), the catalogue of what may be purchased.

    A planner would say: what government must deliver itself, or what is none of its duties, is never bought.

        a pair (o,n,t) stands only where scope[item, area, t] = purchasable

    | symbol | name | kind | unit |
    |---|---|---|---|
    | scope | the area's row of the catalogue, else the municipal one, else the item's own | parameter | |

    Its price: what an aim gains if the matter may be bought; asked by striking the clause.
    """,
    "purchaser_kind": """Source: 3(2), who purchases.

    A planner would say: organs, institutions and mass organisations purchase; others do so by reference to these rules.

        purchasers of the kind `other` are marked by reference

    | symbol | name | kind | unit |
    |---|---|---|---|
    | kind | what sort of body the purchaser is | parameter | |

    Its price: none; the clause binds nothing.
    """,
    "qualification": """Source: 3(3), the six conditions of those who undertake.

    A planner would say: nobody gets work without the conditions of the document and the licences that the service asks.

        a pair stands only where registered, civil_liability, facilities, governance, accounts and record are given,
        every licence of `conditions` is held, and credit >= min_credit

    | symbol | name | kind | unit |
    |---|---|---|---|
    | conditions | licences that an item asks, each with its relation to the service | parameter | |
    | min_credit | least credit (off unless given) | parameter | points |

    Its price: what an aim gains if one undertaker more were qualified.
    """,
    "fee_standard": """Source: 3(5), fees are fixed by the matter.

    A planner would say: nobody is paid more for a unit than the matter's standard allows.

        price + setup / max_quantity <= cost_standard        (mode "cap": price = what the standard leaves, assumed)

    | symbol | name | kind | unit |
    |---|---|---|---|
    | price, setup | of the offer | parameter | yuan |
    | cost_standard | the most a unit of the item may cost | parameter | yuan per unit |

    Its price: what an aim gains if the standard rises.
    """,
    "equal_competition": """Source: 3(3), public institutions compete on equal terms.

    A planner would say: whoever already lives from the budget is judged at the full cost, not at the price it asks.

        where subsidies are given, price + subsidy takes the place of price in the test of the standard

    | symbol | name | kind | unit |
    |---|---|---|---|
    | subsidy | what the offer already gets from the budget | parameter | yuan per unit |

    Its price: what an aim gains if subsidised offers were judged by their price alone.
    """,
    "no_new_posts": """Source: 2(2)4, no further posts for what can be bought.

    A planner would say: what can be purchased is not staffed anew.

        g[n,t] = 0 for items that may be purchased

    | symbol | name | kind | unit |
    |---|---|---|---|
    | g | new direct units | decision | item |

    Its price: what an aim gains if a unit may be newly delivered directly.
    """,
    "competition": """Source: 2(2)3; Procurement Law 36, 38, 40, three candidates at least.

    A planner would say: where fewer than three unrelated candidates stand, we say so, or keep the matter direct.

        thin[n,t]: procurement items with fewer than min_candidates unrelated undertakers among the pairs left;
        on_thin = "keep_direct": no pair stands there where there is a direct line

    | symbol | name | kind | unit |
    |---|---|---|---|
    | min_candidates | least number of candidates | parameter | undertakers |

    Its price: what an aim gains if thin markets may be used.
    """,
}
