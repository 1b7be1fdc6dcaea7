"""Saved web pages of any publisher → Article: decode, find the main text, read the metadata, walk.

Pages that our own HTML writer made are told by their `<meta name="generator">` and read by their structure.
"""
