"""Fetching of pictures from the hosts that have them: the only room that opens a connection to the network.

`fetcher` asks for a list of pictures and puts them into a store.  `asking` asks for one, through its redirects and
faults; `network` holds the connections; `pace` takes turns at each host; `robots` heeds robots.txt.
"""
