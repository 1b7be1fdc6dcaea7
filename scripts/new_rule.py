"""Makes the files of a new rule: `python scripts/new_rule.py IMG007 broken-frame`, or `make rule CODE=… NAME=…`.

What has to be written in them says so; the tests fail until it is.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

MODULE = '''"""WHAT IT FINDS, in one sentence."""

from convert.messages import Message, message
from convert.model import Image
from convert.rules.rule import Context, Rule


def check(image: Image, context: Context) -> Message | None:
    return message("{name}", address=image.address)


RULE = Rule("{code}", "{name}", "warning", node_types=(Image,), check=check)
'''

PAGES = {
    "en": "# {code} {name}\n\n## What it finds\n…\n\n## Why it matters\n…\n\n## What to do\n…\n",
    "zh": "# {code} {name} …\n\n## 查什么\n…\n\n## 为什么要紧\n…\n\n## 怎么办\n…\n",
}

DOCUMENT = """### 纸的样子

---

#### [首页](../../../..?n91000015) &nbsp;|&nbsp; [评论](../../../../../epoch-comment?n91000015)


<div class="post_content" id="artbody" itemprop="articleBody">
 <!-- article content begin -->
 <p>
  【大纪元2023年05月06日讯】（大纪元记者纸鸢报导）纸放进水里会散开，放进书里能留一千年。造纸的人先把树皮泡软、捣烂，再用竹帘从水里抄起来，压干，晾在墙上。{mark}
 </p>
 <p>
  责任编辑：纸鸢
 </p>
 <!-- article content end -->
</div>


---

原文链接（需翻墙）：https://www.epochtimes.com/gb/23/5/6/n91000015.htm"""


def files(code: str, name: str) -> Iterator[tuple[Path, str]]:
    """Yield each file of a rule and what it begins with."""
    module = f"{code.lower()}_{name.replace('-', '_')}.py"
    yield ROOT / "convert" / "rules" / "checks" / module, MODULE.format(code=code, name=name)
    for language, page in PAGES.items():
        yield ROOT / "convert" / "rules" / "pages" / language / f"{code}.md", page.format(code=code, name=name)
    for kind, mark in (("bad", f" <!-- {code} -->"), ("good", "")):
        yield ROOT / "tests" / "rules" / code / f"{kind}.md", DOCUMENT.format(mark=mark)


def main() -> int:
    """Write the files; return the exit status: 2 where the rule cannot be made."""
    code, name = [*sys.argv[1:], "", ""][:2]
    if not re.fullmatch(r"[A-Z]{3}\d{3}", code) or not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
        print("usage: make rule CODE=IMG007 NAME=broken-frame (three letters and three digits; words with hyphens)")
        return 2
    if taken := sorted((ROOT / "convert" / "rules" / "checks").glob(f"{code.lower()}_*.py")):
        print(f"{code} is taken by {taken[0].relative_to(ROOT)}; codes are never used again")
        return 2
    for path, text in files(code, name):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))
    print("next: write them, run `make catalogues`, give the message its words in convert/locale/, then `make docs`")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
