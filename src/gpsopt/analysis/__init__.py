"""What is made of finished plans: comparisons, frontiers, alternatives, goals."""
