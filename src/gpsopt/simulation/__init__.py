"""Living through a plan: many futures, year by year, with the money identity kept to the fen in each of them."""
