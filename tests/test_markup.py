"""What elements of HTML mean: a fragment, and the Markdown of its blocks."""

import pytest
from helpers.markup import blocks_of, written
from helpers.pages import page_of
from msgspec.structs import replace
from turbohtml import parse

from convert import fidelity, mathml
from convert.model import Footnote, Reading, texts
from convert.printing.numerals import numeral
from convert.readers import read
from convert.readers.html.handlers import Builder
from convert.readers.html.prepare import open_shadows, opened
from convert.readers.options import ReadOptions
from convert.rules.checks.img004_broken_data_image import decoded
from convert.writers import markdown

MEANINGS = [
    # corrections
    ("<p>烧掉<del>三百</del><ins>三十</ins>张", "烧掉<del>三百</del><ins>三十</ins>张"),
    ("<p><s>一</s><strike>二</strike><u>三</u>", "<del>一</del><del>二</del><u>三</u>"),
    ("<p><span style='text-decoration: line-through'>三百</span>三十", "<del>三百</del>三十"),
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
    ("<ol><li>一<div>二</div></li><p>三</p><li>四</ol>", "1. 一\n\n   二\n\n   三\n\n2. 四"),
    ("<ol><p>一</p><li>二<li>三</ol>", "一\n\n1. 二\n2. 三"),
    ("<ol style='list-style: none'><li>1. 甲</ol>", "- 1\\. 甲"),
    ("<ul style='list-style-type:decimal'><li>甲<li>乙</ul>", "1. 甲\n2. 乙"),
    # lists directly in lists
    ("<ul><li>纸<li>墨</li><ul><li>松烟</ul><li>笔</ul>", "- 纸\n- 墨\n  - 松烟\n- 笔"),
    ("<ul><ul><li>松烟</ul></ul>", "- - 松烟"),
    ("<ol><li>墨</li><ul><li>松烟</ul><li>笔</ol>", "1. 墨\n   - 松烟\n2. 笔"),
    ("<menu><li>纸<li>墨</menu>", "- 纸\n- 墨"),
    ("<ul><div><li>纸</li><li>墨</li></div></ul>", "- 纸\n- 墨"),
    ("<ul><del><li>纸</li></del><li>墨</ul>", "- <del>纸</del>\n- 墨"),
    ("<ul><a href='https://example.org/a'><li>纸</a></ul>", "- [纸](https://example.org/a)"),
    ("<ul><img src='https://example.org/a.png'><li>纸</ul>", "- ![](https://example.org/a.png)\n\n- 纸"),
    ("<ul><h3>题</h3><li>纸</ul>", "- ## 题\n\n- 纸"),
    # lists of definitions
    ("<dl><dt><h4>纸</h4><dd>树皮</dl>", "<dl><dt>纸</dt><dd>树皮</dd></dl>"),
    ("<dl><dt>纸<b>白</b></dt><blockquote>树皮</blockquote></dl>",
     "<dl><dt>纸<strong>白</strong></dt><dd><blockquote><p>树皮</p></blockquote></dd></dl>"),
    ("<dl><dt>纸<dd>树皮<dt>墨<dd>烟</dl>", "<dl><dt>纸</dt><dd>树皮</dd><dt>墨</dt><dd>烟</dd></dl>"),
    ("<dl><div><dt>纸<dt>楮<dd>树皮<dd>麻</div></dl>", "<dl><dt>纸</dt><dt>楮</dt><dd>树皮</dd><dd>麻</dd></dl>"),
    ("<dl><dd>缩进的一段</dl>", "缩进的一段"),
    # details
    ("<details><summary>步骤</summary><p>泡软</details>", "<details>\n<summary>步骤</summary>\n\n泡软\n\n</details>"),
    ("<details><summary><h3>步骤</h3></summary>泡软</details>",
     "<details>\n<summary>步骤</summary>\n\n泡软\n\n</details>"),
    # tables
    (
        "<table><thead><tr><th rowspan=2>地<th>张<tr><th>枚</thead><tr><td>宣<td>三</table>",
        '<table><thead><tr><th rowspan="2">地</th><th>张</th></tr><tr><th>枚</th></tr></thead>'
        "<tbody><tr><td>宣</td><td>三</td></tr></tbody></table>",
    ),
    ("<table><tr><th rowspan=2>地<th>张<tr><td>三</table>",
     '<table><tbody><tr><th rowspan="2">地</th><th>张</th></tr><tr><td>三</td></tr></tbody></table>'),
    ("<table><caption>产量</caption></table>", "产量"),
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
    # white space beside code and formulas, which are words, and beside anchors, which nobody sees
    ("<p>run <code>make</code>, then <kbd>.x</kbd> and <tt>f(</tt> again", "run `make`, then `.x` and `f(` again"),
    ("<p>let <math><mi>a</mi></math> be <math><mo>-</mo><mi>b</mi></math>.", "let $`a`$ be $`-b`$."),
    ("<p>键入 <code>make</code> 命令，用 <code>（</code> 号", "键入`make`命令，用`（`号"),
    ("<p>to<code>mak</code>e <code>a</code> <code>b</code>", "to`mak`e `a` `b`"),
    ("<p>one <b><code>two</code></b> <i>three <code>four</code></i>", "one **`two`** *three `four`*"),
    ("<p>one <a id=x></a>two<a name=y></a> three", 'one<a id="x"></a> two<a id="y"></a> three'),
    ('<p>turn <img src="https://e.org/k.png"> here', "turn ![](https://e.org/k.png) here"),
    ('<p>转 <img src="https://e.org/k.png"> 钮', "转![](https://e.org/k.png)钮"),
    ('<p><img src="https://e.org/k.png"> A knob', "![](https://e.org/k.png) A knob"),
    # white space beside marks that Chinese and English share
    ("<p>he read <i>the Post</i> “today” — <b>so</b>", "he read *the Post* “today” — **so**"),
    ("<p>he said\n“yes” and the boys’\nhats —\nso ‘it’", "he said “yes” and the boys’ hats — so ‘it’"),
    ("<p>他说 <b>“纸”</b> ，又 <i>——墨</i>\n“笔”\n——砚", "他说<strong>“纸”</strong>，又<em>——墨</em>“笔”——砚"),
    # headings and buttons
    ("<div role=heading aria-level=3>题</div><p>见", "## 题\n\n见"),
    ("<h3><button aria-expanded=false aria-controls=a>问</button></h3><div id=a hidden>答</div>", "## 问\n\n答"),
    ("<div><button role=tab>一</button><button role=tab>二</button></div>", "一\n\n二"),
    ("<select><option>一<option>二</select>", "一\n\n二"),
    # formulas
    ("<p>设\\(x_1*y\\)与\\[a^2\\]。", "设$`x_1*y`$与\n\n```math\na^2\n```\n\n。"),
    ("<p>$$a_1 < b$$", "```math\na_1 < b\n```"),
    ("<p>价$$钱$$，\\[注\\]和$5与$6", "价$$钱$$，\\\\\\[注\\\\\\]和$5与$6"),
    ("<pre>\\(a\\)</pre>", "```\n\\(a\\)\n```"),
    ("<p>面积<math><msup><mi>a</mi><mn>2</mn></msup></math>。", "面积$`a^2`$。"),
    ('<p><math alttext="{\\displaystyle E=mc^{2}}"><mi>E</mi></math>', "$`E=mc^{2}`$"),
    ('<p>一</p><math display=block><mi>a</mi></math>', "一\n\n```math\na\n```"),
    (
        "<p><math><semantics><mi>a</mi><annotation encoding='LaTeX'>\\alpha</annotation></semantics></math>",
        "$`\\alpha`$",
    ),
    # preformatted text: its lines and cells, and elements that hold any
    ("<pre><span style='display:block'>a</span><span style='display:block'> b</span></pre>", "```\na\n b\n```"),
    ("<p>纸<pre> \n</pre><p>墨", "纸\n\n墨"),
    ("<xmp>a\n b</xmp><listing>c\n d</listing>", "```\na\n b\n```\n\n```\nc\n d\n```"),
    ("<code><pre>a\n b</pre></code>", "```\na\n b\n```"),
    # links in code, which holds nothing but text
    ("<p><code>a&lt;<a href='https://example.org/b'>b</a>&gt;</code>", "`a<`[`b`](https://example.org/b)`>`"),
    ("<p><code><b>a <a href='https://example.org/b'>b</a></b> c</code>", "`a` [`b`](https://example.org/b) `c`"),
    # lists of tasks
    ("<ul><li><input type=checkbox disabled checked>甲<li><input type=checkbox disabled> 乙</ul>", "- ☑甲\n- ☐乙"),
    ("<ul class=task-list><li><label><input type=checkbox>a</label></ul>", "- ☐ a"),
    ("<ul><li><input type=checkbox id=m><label for=m>甲</label></ul>", "- 甲"),
    # figures with their caption above, and with other blocks before their picture
    ("<figure><figcaption>题<b>一</b></figcaption><img src='https://example.org/a.png'></figure>",
     "![](https://example.org/a.png)\\\n题**一**"),
    ("<figure><p>一</p><img src='https://example.org/a.png'><figcaption>题</figcaption></figure>",
     "一\n\n![](https://example.org/a.png)\\\n题"),
    # captions in paragraphs
    ("<div class=wp-caption><img src='https://example.org/a.png'><p class=wp-caption-text>题</div>",
     "![](https://example.org/a.png)\\\n题"),
    ("<p>一<p class=caption>二", "一\n\n二"),
    # styles that make a line of what would be a part of one, and that take emphasis back
    ("<p>一<span style='display:block'>二</span>三", "一\n\n二\n\n三"),
    ("<p>一<b style='display: BLOCK'>二</b><a style='display:flex' href='https://example.org/a'>三</a>",
     "一\n\n**二**\n\n[三](https://example.org/a)"),
    ("<h2>一<small style='display:block'>二</small></h2>", "## 一<br>二"),
    ("<p>一<span style='display:inline-block'>二</span>", "一二"),
    ("<b style='font-weight:normal'><p>一<b>二</b></p></b>", "一**二**"),
    # line ends in addresses, which browsers ignore
    ("<p><a href='https://example.org/\n a'>纸</a>", "[纸](<https://example.org/ a>)"),
    ("<p>纸<img src='https://example.org/a\n.png'>", "纸![](https://example.org/a.png)"),
    ("<iframe src='https://example.org/\na'></iframe>", "> [嵌入内容](https://example.org/a)"),
    # places to which links lead, whatever has their names
    ("<p><a href='#n1'>1</a></p><ol><li id=n1>注</ol>", '[1](#n1)\n\n1. <a id="n1"></a>注'),
    ("<p><a href='#a'>甲</a><h2 id=a>甲</h2>", '[甲](#a)\n\n## <a id="a"></a>甲'),
    ("<p><a href='#t'>表</a><table id=t><tr><td>一</table>", '[表](#t)\n\n| |\n| --- |\n| <a id="t"></a>一 |'),
    ("<p><a href='#c'>码</a><pre id=c>a</pre>", '[码](#c)\n\n<a id="c"></a>\n\n```\na\n```'),
    ("<p><a href='#f'>图</a><p><img id=f src='https://example.org/a.png'>",
     '[图](#f)\n\n<a id="f"></a>\n\n![](https://example.org/a.png)'),
    ("<p><a href='#%E6%B3%A8'>1</a><p id=注>注", '[1](#%E6%B3%A8)\n\n<a id="注"></a>注'),
    ("<p id=one>一<a href='#two'>二</a>", "一[二](#two)"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), MEANINGS, ids=[html[:60] for html, _ in MEANINGS])
def test_markup_has_its_meaning(html: str, expected: str) -> None:
    _, article = blocks_of(html)
    assert written(article) == expected


def test_a_footnote_whose_link_back_is_on_a_line_of_its_own_has_its_text() -> None:
    html = "<p>纸<a id=r1 href='#n1'>1</a><div><a id=n1 href='#r1'>1</a><div><p>注一<p>又</div></div>"
    builder, article = blocks_of(html)
    first, note, after = builder.footnotes(list(article.body))
    assert isinstance(note, Footnote)
    assert ["".join(texts((each,))) for each in (first, *note.children, after)] == ["纸1", "1", "注一", "又"]


def test_preformatted_text_keeps_headings_and_cells_apart() -> None:
    _, article = blocks_of("<pre>a<h2>b</h2><table><tr><td>c<td>d<tr><td><td> e</table></pre>")
    assert written(article) == "```\na\nb\nc\td\n e\n```"


@pytest.mark.parametrize("html", [html for html, _ in MEANINGS], ids=[html[:60] for html, _ in MEANINGS])
def test_markup_comes_back_from_markdown_and_html(html: str) -> None:
    _, article = blocks_of(html)
    again = read(markdown.render(article, page_of(article)), "a.md", "").article
    assert written(again) == written(article)


SHADOWS = [
    ("<x-a><template shadowrootmode=open><p>影</template></x-a>", "影"),
    ("<x-a><template shadowrootmode=open><p>影</p><slot></slot></template><p>光</p></x-a>", "影\n\n光"),
    ("<x-a><template shadowroot=open><slot name=b></slot><slot></slot></template><p>一</p><p slot=b>二</p></x-a>",
     "二\n\n一"),
    ("<x-a><template shadowrootmode=closed><slot>备</slot></template></x-a>", "备"),
    ("<x-a><template shadowrootmode=open><p><template shadowrootmode=open>里</template></p></template></x-a>", "里"),
    ("<template><p>模板</template>见", "见"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), SHADOWS, ids=[html[:70] for html, _ in SHADOWS])
def test_shadow_root_is_shown_with_what_is_in_its_slots(html: str, expected: str) -> None:
    _, article = blocks_of(html)
    assert written(article) == expected
    whole = parse(opened(f"<html><body>{html}</body></html>"))
    root = whole.select_one("html")
    assert root is not None
    open_shadows(root, lambda *_: None)
    builder = Builder()
    builder.adopt(root)
    assert written(replace(article, body=tuple(builder.blocks(root)))) == expected


MATH = "<math><mi>E</mi></math>"
LOOKS = [
    (f"<span class=katex><span class=katex-mathml>{MATH}</span><span class=katex-html aria-hidden=true>E</span></span>",
     "$`E`$"),
    (f"<span class=katex-display><span class=katex>{MATH}<span class=katex-html>E</span></span></span>",
     "```math\nE\n```"),
    (f"<span class=MathJax_Preview>E</span><span class=MathJax>E{MATH}</span><script type='math/tex'>E=1</script>",
     "$`E=1`$"),
    ("<script type='math/tex; mode=display'>E=1</script>", "```math\nE=1\n```"),
    (f"<mjx-container display=true><mjx-math>E</mjx-math><mjx-assistive-mml>{MATH}</mjx-assistive-mml></mjx-container>",
     "```math\nE\n```"),
    (f"<span class=mjx-chtml data-mathml='{MATH}'>E</span>", "$`E`$"),
    ("<mjx-container><mjx-c class=mjx-c1D465></mjx-c><mjx-c class=mjx-c3D></mjx-c></mjx-container>",
     "x="),
    ("<mjx-container><svg><g data-mml-node=mi><use data-c=1D466></use></g></svg></mjx-container>", "y"),
    (f"<span class=mwe-math-element><span style='display:none'>{MATH}</span><img src='e.svg' alt=E></span>", "$`E`$"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), LOOKS, ids=[html[:60] for html, _ in LOOKS])
def test_formula_that_a_page_has_several_times_is_one(html: str, expected: str) -> None:
    _, article = blocks_of(f"<p>{html}</p>")
    assert written(article) == expected


PICTURES = [
    ("data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxyZWN0Lz48L3N2Zz4=", True),
    ("data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>", True),
    ("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Ccircle r='1'/%3E%3C/svg%3E", True),
    ("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 6 4'%3E%3C/svg%3E", False),
    ("data:image/svg+xml,<svg onload='a()'><path d='M0 0'/></svg>", False),
    ("data:image/svg+xml,<svg><script>a()</script><path d='M0 0'/></svg>", False),
    ("data:image/avif;base64,AAAAIGZ0eXBhdmlmAAAAAA==", True),
    ("data:image/avif;base64,AAAA", False),
    ("data:text/html,<svg><path/></svg>", False),
]


@pytest.mark.parametrize(("address", "kept"), PICTURES)
def test_data_picture_of_svg_or_avif_is_one(address: str, kept: bool) -> None:
    assert (decoded(address) is not None) is kept


TEX = [
    ("<mfrac><mn>1</mn><mi>x</mi></mfrac>", r"\frac{1}{x}"),
    ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", r"\sqrt{x+1}"),
    ("<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>", r"{n \atop k}"),
    ("<mfrac linethickness='2px'><mi>n</mi><mi>k</mi></mfrac>", r"\frac{n}{k}"),
    ("<mroot><mi>x</mi><mn>3</mn></mroot>", r"\sqrt[3]{x}"),
    ("<msubsup><mi>x</mi><mi>i</mi><mrow><mi>n</mi><mo>−</mo><mn>1</mn></mrow></msubsup>", "x_i^{n-1}"),
    ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>", "∑_{i=1}^n"),
    ("<mover><mi>v</mi><mo>→</mo></mover>", r"\vec{v}"),
    ("<mi>sin</mi><mo>\u2061</mo><mi>x</mi>", r"\sin x"),
    ("<mtext>if 50%</mtext>", r"\text{if 50\%}"),
    ("<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr></mtable>", r"\begin{matrix}a & b\end{matrix}"),
    ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a,b)"),
]


@pytest.mark.parametrize(("inside", "expected"), TEX, ids=[tex for _, tex in TEX])
def test_mathml_has_its_tex(inside: str, expected: str) -> None:
    root = mathml.parse(f"<math>{inside}</math>")
    assert root is not None
    assert mathml.tex(root) == expected


@pytest.mark.parametrize(
    "source",
    ["", "<math/>", "<math><mi>a</math>", "<mi>a</mi>", '<!DOCTYPE x [<!ENTITY a "b">]><math><mi>&a;</mi></math>',
     "<math><mfrac><mi>a</mi></mfrac></math>", "<math><img/></math>", "<math><mtr/></math>",
     f"<math>{'<mrow>' * 99}{'</mrow>' * 99}</math>"],
)  # fmt: skip
def test_mathml_that_no_book_may_hold_is_refused(source: str) -> None:
    assert mathml.clean(source) == ""


@pytest.mark.parametrize(
    ("number", "numbering", "shown"),
    [(1, "1", "1"), (26, "a", "z"), (27, "A", "AA"), (702, "a", "zz"), (703, "a", "aaa"), (1994, "I", "MCMXCIV"),
     (4000, "i", "4000"), (0, "a", "0"), (-2, "A", "-2")],
)  # fmt: skip
def test_numbers_of_lists_look_as_css_says(number: int, numbering: str, shown: str) -> None:
    assert numeral(number, numbering) == shown


FOREIGN = [
    ("烧掉<del>三百</del><ins>三十</ins>张", "烧掉<del>三百</del><ins>三十</ins>张"),
    ("他说<q>纸</q>。", "他说“纸”。"),
    ("见$`a_1^*`$与`$x$`", "见$`a_1^*`$与`$x$`"),
    ("```math\na^2\n```", "```math\na^2\n```"),
    ("五$和`make`和六$", "五$和`make`和六$"),
    (
        "<details>\n<summary>一</summary>\n\n<details>\n<summary>二</summary>\n\n*里*\n\n</details>\n\n外\n\n</details>\n\n后",
        "<details>\n<summary>一</summary>\n\n<details>\n<summary>二</summary>\n\n*里*\n\n</details>\n\n外\n\n</details>\n\n后",
    ),
    ("<details>\n\n没有结尾", "<details>\n<summary></summary>\n\n\n</details>\n\n没有结尾"),
]


@pytest.mark.parametrize(("text", "expected"), FOREIGN, ids=[text[:40] for text, _ in FOREIGN])
def test_markdown_of_other_programs_has_its_meaning(text: str, expected: str) -> None:
    article = read(f"# 纸\n\n{text}\n".encode(), "a.md", "", ReadOptions("markdown")).article
    assert written(article) == expected


@pytest.mark.parametrize("html", [html for html, _ in MEANINGS], ids=[html[:60] for html, _ in MEANINGS])
def test_the_meter_knows_what_markup_means(html: str) -> None:
    builder, article = blocks_of(html)
    found = fidelity.measure(Reading(article, builder.places, tuple(builder.notes), html=html), article, ())
    assert (found.missing, found.pictures, found.links, found.cells, found.items) == ((), (), (), 0, 0)
    assert found.whole == found.paragraphs
