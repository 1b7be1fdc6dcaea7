"""The fidelity meter: what of a source's content reached the article, and what of the article reached the outputs.

It judges with other parsers (lxml, markdown-it, PDFium) than the readers use, and counts what anybody can see:
characters, paragraphs, pictures, links, cells and items.  What is missing must be listed among what was taken out; if
it is not, that is a finding.
"""

from convert.fidelity.meter import Fidelity, findings, measure
from convert.fidelity.outputs import OUTPUTS

__all__ = ["OUTPUTS", "Fidelity", "findings", "measure"]
