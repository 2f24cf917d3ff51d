"""Prices of rules at the margin."""
