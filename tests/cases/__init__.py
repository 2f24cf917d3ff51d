"""Published cases with known answers."""
