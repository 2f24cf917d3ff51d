"""`python -m gpsopt`: the command line where the script `gpsopt` is not on the path."""

from gpsopt.start import main

main()
