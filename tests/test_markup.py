"""What elements of HTML mean: a fragment, and the Markdown of its blocks."""

import pytest
from helpers.pages import page_of

from convert import formulas
from convert.model import SCHEMA_VERSION, Article, Provenance
from convert.printing.numerals import numeral
from convert.readers import read
from convert.readers.html import Builder
from convert.words import words
from convert.writers import markdown


def blocks_of(html: str) -> tuple[Builder, Article]:
    builder = Builder()
    body = tuple(builder.blocks(builder.parse(html)))
    source = Provenance("https://example.org/a")
    return builder, Article(
        schema_version=SCHEMA_VERSION, id="a", title="纸", language="zh-Hans", source=source, body=body
    )


def written(article: Article) -> str:
    return "\n".join(markdown.blocks(article.body, words("zh-Hans"))).strip("\n")


MEANINGS = [
    # corrections
    ("<p>烧掉<del>三百</del><ins>三十</ins>张", "烧掉<del>三百</del><ins>三十</ins>张"),
    ("<p><s>一</s><strike>二</strike><u>三</u>", "<del>一</del><del>二</del><u>三</u>"),
    ("<del><p>一</p><p>二</p></del>", "<del>一</del>\n\n<del>二</del>"),
    # quotations, with the marks of their language
    ("<p>他说：<q>纸会说话</q>，笑了。", "他说：“纸会说话”，笑了。"),
    ("<p lang=en>She said, <q>he wrote <q>paper</q> twice</q>.", "She said, “he wrote ‘paper’ twice”."),
    ("<p lang=zh-TW><q>紙<q>墨</q></q>", "「紙『墨』」"),
    ("<p><q>紙會說話，這是舊話</q>", "「紙會說話，這是舊話」"),
    ("<p lang=ja><q>紙</q>", "「紙」"),
    ("<p lang=de>Er sagte: <q>Papier</q>", "Er sagte: „Papier“"),
    ("<p><q>“已有”</q>和<q></q>", "“已有”和"),
    # numbers of lists
    ("<ol start=7><li>七<li>八</ol>", "7. 七\n8. 八"),
    (
        "<ol reversed><li>三<li>二<li>一</ol>",
        '<ol start="3" reversed="reversed"><li value="3">三</li><li value="2">二</li><li value="1">一</li></ol>',
    ),
    ("<ol reversed start=1><li>一</ol>", "1. 一"),
    ("<ol><li>一<li value=5>五<li>六</ol>", '<ol><li>一</li><li value="5">五</li><li>六</li></ol>'),
    ("<ol><li value=4>四<li value=5>五</ol>", "4. 四\n5. 五"),
    ("<ol><li>一<li><li>三</ol>", '<ol><li>一</li><li value="3">三</li></ol>'),
    ("<ol type=A><li>甲</ol>", '<ol type="A"><li>甲</li></ol>'),
    ('<ol style="list-style-type: lower-roman"><li>甲</ol>', '<ol type="i"><li>甲</li></ol>'),
    ("<ol start=-1><li>负一<li>零</ol>", '<ol start="-1"><li>负一</li><li>零</li></ol>'),
    ("<ol start=x><li>一</ol>", "1. 一"),
    # lists directly in lists
    ("<ul><li>纸<li>墨</li><ul><li>松烟</ul><li>笔</ul>", "- 纸\n- 墨\n  - 松烟\n- 笔"),
    ("<ul><ul><li>松烟</ul></ul>", "- - 松烟"),
    ("<ol><li>墨</li><ul><li>松烟</ul><li>笔</ol>", "1. 墨\n   - 松烟\n2. 笔"),
    ("<ul><div><li>纸</li><li>墨</li></div></ul>", "- 纸\n- 墨"),
    # lists of definitions
    ("<dl><dt>纸<dd>树皮<dt>墨<dd>烟</dl>", "<dl><dt>纸</dt><dd>树皮</dd><dt>墨</dt><dd>烟</dd></dl>"),
    ("<dl><div><dt>纸<dt>楮<dd>树皮<dd>麻</div></dl>", "<dl><dt>纸</dt><dt>楮</dt><dd>树皮</dd><dd>麻</dd></dl>"),
    ("<dl><dd>缩进的一段</dl>", "缩进的一段"),
    # details
    ("<details><summary>步骤</summary><p>泡软</details>", "<details>\n<summary>步骤</summary>\n\n泡软\n\n</details>"),
    # tables
    (
        "<table><caption>产量<tr><th>地<th>张<tr><td>宣<td>三</table>",
        "<table><caption>产量</caption><thead><tr><th>地</th><th>张</th></tr></thead>"
        "<tbody><tr><td>宣</td><td>三</td></tr></tbody></table>",
    ),
    (
        "<table><tr><td rowspan=2>宣<td>三</tr><tr></tr><tr></tr><tr><td>剡</table>",
        '<table><tbody><tr><td rowspan="2">宣</td><td>三</td></tr><tr></tr><tr><td>剡</td></tr></tbody></table>',
    ),
    ("<table><tfoot><tr><td>共八</tfoot><tbody><tr><td>三</table>", "| |\n| --- |\n| 三 |\n| 共八 |"),
    (
        "<table><tr><td rowspan=0>宣<td>三<tr><td>五</table>",
        '<table><tbody><tr><td rowspan="2">宣</td><td>三</td></tr><tr><td>五</td></tr></tbody></table>',
    ),
    # line breaks in code
    ("<pre>一<br>二<br/>三</pre>", "```\n一\n二\n三\n```"),
    ("<pre><code><div>一</div><div>二</div></code></pre>", "```\n一\n二\n```"),
    ("<pre>一\n二</pre>", "```\n一\n二\n```"),
    ("<p>键入<code>make<br>make test</code>。", "键入`make`\\\n`make test`。"),
    ('<pre>一<img src="https://example.org/a.png" alt="图"></pre>', "```\n一\n```\n\n![图](https://example.org/a.png)"),
    # formulas
    ("<p>面积<math><msup><mi>a</mi><mn>2</mn></msup></math>。", "面积$`a^2`$。"),
    ('<p><math alttext="{\\displaystyle E=mc^{2}}"><mi>E</mi></math>', "$`E=mc^{2}`$"),
    ('<p>一</p><math display=block><mi>a</mi></math>', "一\n\n```math\na\n```"),
    (
        "<p><math><semantics><mi>a</mi><annotation encoding='LaTeX'>\\alpha</annotation></semantics></math>",
        "$`\\alpha`$",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), MEANINGS, ids=[html[:60] for html, _ in MEANINGS])
def test_markup_has_its_meaning(html: str, expected: str) -> None:
    _, article = blocks_of(html)
    assert written(article) == expected


@pytest.mark.parametrize("html", [html for html, _ in MEANINGS], ids=[html[:60] for html, _ in MEANINGS])
def test_markup_comes_back_from_markdown_and_html(html: str) -> None:
    _, article = blocks_of(html)
    again = read(markdown.render(article, page_of(article)), "a.md", "").article
    assert written(again) == written(article)


TEX = [
    ("<mfrac><mn>1</mn><mi>x</mi></mfrac>", r"\frac{1}{x}"),
    ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", r"\sqrt{x+1}"),
    ("<mroot><mi>x</mi><mn>3</mn></mroot>", r"\sqrt[3]{x}"),
    ("<msubsup><mi>x</mi><mi>i</mi><mrow><mi>n</mi><mo>−</mo><mn>1</mn></mrow></msubsup>", "x_i^{n-1}"),
    ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>", "∑_{i=1}^n"),
    ("<mover><mi>v</mi><mo>→</mo></mover>", r"\vec{v}"),
    ("<mi>sin</mi><mo>\u2061</mo><mi>x</mi>", r"\sin x"),
    ("<mtext>if 50%</mtext>", r"\text{if 50\%}"),
    ("<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr></mtable>", r"\begin{matrix}a & b\end{matrix}"),
    ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a,b)"),
]


@pytest.mark.parametrize(("mathml", "expected"), TEX, ids=[tex for _, tex in TEX])
def test_mathml_has_its_tex(mathml: str, expected: str) -> None:
    root = formulas.parse(f"<math>{mathml}</math>")
    assert root is not None
    assert formulas.tex(root) == expected


@pytest.mark.parametrize(
    "source",
    ["", "<math/>", "<math><mi>a</math>", "<mi>a</mi>", '<!DOCTYPE x [<!ENTITY a "b">]><math><mi>&a;</mi></math>',
     "<math><mfrac><mi>a</mi></mfrac></math>", "<math><img/></math>", "<math><mtr/></math>",
     f"<math>{'<mrow>' * 99}{'</mrow>' * 99}</math>"],
)  # fmt: skip
def test_mathml_that_no_book_may_hold_is_refused(source: str) -> None:
    assert formulas.clean(source) == ""


@pytest.mark.parametrize(
    ("number", "numbering", "shown"),
    [(1, "1", "1"), (26, "a", "z"), (27, "A", "AA"), (702, "a", "zz"), (703, "a", "aaa"), (1994, "I", "MCMXCIV"),
     (4000, "i", "4000"), (0, "a", "0"), (-2, "A", "-2")],
)  # fmt: skip
def test_numbers_of_lists_look_as_css_says(number: int, numbering: str, shown: str) -> None:
    assert numeral(number, numbering) == shown
