"""Many scenarios at once: a grid of changes, each point a scenario file and a run of its own, one tidy table out."""
