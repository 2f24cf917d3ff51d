"""What-ifs: warm answers are the cold ones."""
