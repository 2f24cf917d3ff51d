"""The front end: `gpsopt app`, or `streamlit run app.py`. What it shows is in src/gpsopt/screens, one file a page."""

from gpsopt.screens.entry import show

show()
