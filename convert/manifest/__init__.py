"""The manifest of a build: what went in, what decided the bytes, and what came out, each file by its hash.

It stands beside the outputs, tells whether they are still what they were (`convert verify`), and what a new build need
not make again.  The same build has the same manifest, byte for byte: it holds no time, no host and no absolute path.
"""

from convert.manifest.model import SCHEMA_NAME, Input, Manifest, Output, Tool, make_schema
from convert.manifest.reading import ManifestError, read
from convert.manifest.writing import encode

__all__ = ["SCHEMA_NAME", "Input", "Manifest", "ManifestError", "Output", "Tool", "encode", "make_schema", "read"]
