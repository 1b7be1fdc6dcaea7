"""Pages as the mirror serves them."""

WRAPPER = """### {title}

---

#### [首页](../../../..?n1) &nbsp;|&nbsp; [评论](../../../../../epoch-comment?n1)


<div class="post_content" id="artbody" itemprop="articleBody">
 <!-- article content begin -->
{body}
 <!-- article content end -->
</div>


---

原文链接（需翻墙）：https://www.epochtimes.com/gb/23/9/12/n1.htm"""
"""A page of the mirror: `title` and `body` are filled in."""
