"""What leaves the house on paper: charts, papers, workbooks."""
