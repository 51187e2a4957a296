"""Two definitions -> equal, different with a witness, or unproven after so many tries."""

from hedu.alignment.equivalence.facets import Facet, differing, facets_of
from hedu.alignment.equivalence.metrics import of_metrics
from hedu.alignment.equivalence.queries import TableKeys, of_selects
from hedu.alignment.equivalence.verdict import FacetDifference, Gap, Verdict, Witness

__all__ = [
    "Facet",
    "FacetDifference",
    "Gap",
    "TableKeys",
    "Verdict",
    "Witness",
    "differing",
    "facets_of",
    "of_metrics",
    "of_selects",
]
