"""A desk: one person's models, scenarios, jobs and runs, apart from everybody else's.

`open_desk(store, library, owner)` gives a `Desk`. Everything a person opens is copied to the desk first, so that
nothing one person does reaches another, and nothing outside the desk is read for a person.
"""

from gpsopt.desk.files import ScenarioFile
from gpsopt.desk.place import Desk, LibraryModel, open_desk

__all__ = ["Desk", "LibraryModel", "ScenarioFile", "open_desk"]
