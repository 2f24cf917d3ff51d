"""A real Dask scheduler and real workers in processes of their own, on free ports; some of them are killed."""
