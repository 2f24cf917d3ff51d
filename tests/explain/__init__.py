"""Why, why not, at what price, and what rules are worth."""
