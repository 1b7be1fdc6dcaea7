"""The fidelity meter: it measures how much of a source's content reaches the article and the outputs.

It uses other parsers (lxml, markdown-it, PDFium) than the readers, and counts what a reader sees: characters,
paragraphs, pictures, links, cells and items.  Content that is missing and not in the list of removed content is a
finding.
"""

from convert.fidelity.meter import Fidelity, findings, measure
from convert.fidelity.outputs import OUTPUTS

__all__ = ["OUTPUTS", "Fidelity", "findings", "measure"]
