"""The best plan of tiny models by full enumeration in plain Python: what the planner must agree with."""
