"""Addresses: written by the URL Standard, then with only the characters that RFC 3986 allows at each place."""

import re
from urllib.parse import unquote

import ada_url
import pytest
from helpers.anything import address
from helpers.soak import examples
from hypothesis import given, strategies as st

from convert.urls import linkable, resolve

E = "https://e.example/"
UNRESERVED = r"A-Za-z0-9\-._~"
CHAR = rf"(?:[{UNRESERVED}!$&'()*+,;=]|%[0-9A-Fa-f]{{2}})"
RFC3986 = re.compile(
    rf"[a-z][a-z0-9+.\-]*:"
    rf"(?://(?:(?:{CHAR}|:)*@)?(?:\[[0-9a-f:.]+\]|{CHAR}*)(?::[0-9]*)?(?=[/?#]|\Z))?"
    rf"(?:{CHAR}|[:@/])*(?:\?(?:{CHAR}|[:@/?])*)?(?:#(?:{CHAR}|[:@/?])*)?"
)
"""An absolute address by the grammar (RFC 3986, appendix A)."""

PARTS = ("protocol", "username", "password", "hostname", "port", "pathname", "search", "hash")


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (f"{E}photo[1].jpg", f"{E}photo%5B1%5D.jpg"),
        (f"{E}?f[0]=a&f[1]=b", f"{E}?f%5B0%5D=a&f%5B1%5D=b"),
        (f"{E}?__cft__[0]=x&__tn__=-R#[1]", f"{E}?__cft__%5B0%5D=x&__tn__=-R#%5B1%5D"),
        (f"{E}?q=a#b#c", f"{E}?q=a#b%23c"),
        (f"{E}##", f"{E}#%23"),
        (f"{E}a|b^c`d{{e}}?a|b^c#a|b^c", f"{E}a%7Cb%5Ec%60d%7Be%7D?a%7Cb%5Ec#a%7Cb%5Ec"),
        (f"{E}a b?c d#e f", f"{E}a%20b?c%20d#e%20f"),
        (f"{E}纸?墨#印", f"{E}%E7%BA%B8?%E5%A2%A8#%E5%8D%B0"),
        (f"{E}100%?5%&%zz#%", f"{E}100%25?5%25&%25zz#%25"),
        (f"{E}%41%e7%ba%b8", f"{E}%41%e7%ba%b8"),
        ("https://us[er:pa|ss]@e.example:8080/", "https://us%5Ber:pa%7Css%5D@e.example:8080/"),
        ("https://a@b@e.example/", "https://a%40b@e.example/"),
        ("https://100%@e.example/", "https://100%25@e.example/"),
        ("https://e.example:443/", E),
        ("https://e.example:99999/", ""),
        ("https://e.example:x/", ""),
        ("https:\\\\e.example\\a\\b?c\\d", f"{E}a/b?c%5Cd"),
        ("https://[::1]/a[1]", "https://[::1]/a%5B1%5D"),
        ("https://[::1/", ""),
        ("https://纸.example/", "https://xn--hn0a.example/"),
        ("https://xn--hn0a.example/", "https://xn--hn0a.example/"),
        ("https://xn--a.example/", ""),
        ("https://a..example/", ""),
        (f"https://{'a' * 64}.example/", ""),
        ("https://e.example./", "https://e.example./"),
        ("http://1.2.3/", "http://1.2.0.3/"),
        ("http://256.1.1.1/", ""),
        (f"{E}a/./b/../c/%2e%2e/d", f"{E}a/d"),
        ("mailto:a b[c]@e.example?subject=纸|#", "mailto:a%20b%5Bc%5D@e.example?subject=%E7%BA%B8%7C#"),
        ("mailto:", ""),
        ("tel://#a", ""),
        ("tel:+1 23", "tel:+1%2023"),
    ],
)
def test_address_has_only_characters_of_its_place(source: str, wanted: str) -> None:
    assert resolve(source, "") == wanted
    assert resolve(wanted, "") == wanted


@examples(200)
@given(st.integers(0, 2**32).map(address))
def test_any_address_is_written_once_and_leads_where_it_led(source: str) -> None:
    written = resolve(source, E)
    if not written or not linkable(written):
        return
    assert RFC3986.fullmatch(written), source
    assert resolve(written, "") == written
    led, leads = ada_url.URL(source.strip(), E), ada_url.URL(written)
    assert [unquote(str(getattr(leads, part))) for part in PARTS] == [
        unquote(str(getattr(led, part))) for part in PARTS
    ]
