"""Pictures: a store of their bytes, by the addresses that articles have for them, and what outputs make of them.

The address of a picture is its key in articles; which bytes it has, only the store knows.  Conversion reads the store
and never the network.
"""
