"""banned1/voa.  Articles of 美国之音, with the moment of publication above them."""

from types import MappingProxyType

from convert.late import late_pattern
from convert.readers.markup import COMMON
from convert.readers.mirror.dialects.banned1 import BANNED1

# One page has the whole site around its gallery, escaped as text.
SITE = COMMON._replace(
    asides=MappingProxyType(
        {
            **COMMON.asides,
            ".article-share": "share",
            ".share": "share",
            ".link-function": "furniture",
            "#comments": "furniture",
            ".media-block-wrap": "related",
            "#youmaylike": "related",
            "#foot": "furniture",
            ".back-to-top-nav": "furniture",
            ".responsive-indicator": "furniture",
        }
    ),
    lines=MappingProxyType({".btn--load-more": "furniture", ".link-comments": "furniture"}),
)

DIALECT = BANNED1._replace(
    name="banned1/voa",
    host="voachinese.com/",
    markup=SITE,
    publisher="美国之音",
    publishers={"zh-Hant": "美國之音", "en": "Voice of America"},
    published=late_pattern(r"-(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})/"),
    dated=late_pattern(r'<time datetime="(?P<moment>[^"]{10,40})"'),
    modified=late_pattern(r'<time datetime="(?P<moment>[^"]{10,40})">\s*最后更新'),
    dateline=late_pattern(r"^(?P<dateline>[\u3400-\u9fff·、／/ ]{2,16})\s*(?:—|--)"),
)
