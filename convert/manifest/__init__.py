"""The manifest of a build: its inputs, the options that affect bytes, and its outputs, each file with its hash.

It is written beside the outputs.  `convert verify` compares them with it, and an update skips outputs that are current.
The same build has the same manifest, byte for byte: it has no time, host or absolute path.
"""

from convert.manifest.model import SCHEMA_NAME, Input, Manifest, Output, Tool, make_schema
from convert.manifest.reading import ManifestError, read
from convert.manifest.writing import encode

__all__ = ["SCHEMA_NAME", "Input", "Manifest", "ManifestError", "Output", "Tool", "encode", "make_schema", "read"]
