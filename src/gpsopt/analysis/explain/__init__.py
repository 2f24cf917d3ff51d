"""Why an award, why not an offer, at what price it would win, what a rule costs, what a need lacks."""

from gpsopt.analysis.explain.needs import NeedAnswer, explain_need
from gpsopt.analysis.explain.offers import OfferAnswer, explain_offer
from gpsopt.analysis.explain.prices import RuleAnswer, explain_prices
from gpsopt.analysis.explain.rules import explain_rule, explain_rules
from gpsopt.analysis.explain.winning import Win, price_to_win

__all__ = [
    "NeedAnswer", "OfferAnswer", "RuleAnswer", "Win", "explain_need", "explain_offer", "explain_prices", "explain_rule",
    "explain_rules", "price_to_win",
]  # fmt: skip
