"""Signatures of manifests, which say who made the files that a manifest names: the form of minisign, Ed25519."""
