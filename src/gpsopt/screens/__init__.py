"""The Streamlit front end: one file a page. Pages describe; everything they show is worked out in other rooms.

`entry.py` is what runs first: gate, navigation, the bar at the top. `visit.py` is what every page is given.
"""
