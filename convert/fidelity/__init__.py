"""The fidelity meter: what of a source's content reached the article, and what of the article reached the outputs.

It judges with another parser (lxml) than the readers use, and counts what anybody can see: characters, pictures, links,
cells and items.  What is missing must be listed among what was taken out; if it is not, that is a finding.
"""

from convert.fidelity.meter import Fidelity, findings, measure

__all__ = ["Fidelity", "findings", "measure"]
