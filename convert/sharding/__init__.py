"""Conversions in shards: the list of what there is, one shard after the other on any machine, and what binds them."""
