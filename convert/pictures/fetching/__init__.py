"""Fetching of pictures from the hosts that have them: the only room that opens a connection to the network.

`Fetcher` asks for a list of pictures and puts them into a store.  `asking` asks for one, through its redirects and
faults; `network` holds the connections; `pace` takes turns at each host; `robots` heeds robots.txt.
"""

from convert.pictures.fetching.faults import ProxyUnreachableError
from convert.pictures.fetching.fetcher import Fetcher, Result
from convert.pictures.fetching.limits import Limits
from convert.pictures.fetching.proxy import Proxy, proxy_of

__all__ = ["Fetcher", "Limits", "Proxy", "ProxyUnreachableError", "Result", "proxy_of"]
