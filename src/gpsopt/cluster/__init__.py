"""Work that is handed to the workers of a Dask cluster, and comes home as it is done."""
