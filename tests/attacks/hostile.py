"""Texts that some format would take for markup, a formula or a field. All are harmless: nothing is called."""

MARKUP = [
    "<b>粗</b>", "<script>window.bad=1</script>", "<img src=x onerror=window.bad=1>", "</td></tr></table>",
    "<!-- 注 -->", "-->", "]]>", "<?xml version='1.0'?>", "&lt;b&gt;", "&#60;b&#62;", "&nbsp;",
    "<svg onload=window.bad=1>",
    "<a href='javascript:window.bad=1'>甲</a>", "*星*", "**粗**", "_斜_", "`码`", "``码``", "~~删~~", "^上^", "~下~",
    "$x^2$", "$$x$$", "$\\bad{", "[链](http://example.invalid)", "![图](x.png)", "[@key]", "@fig-x", "@sec-x",
    "{{< include x.md >}}", "{{< var title >}}", "{{< embed a.ipynb#b >}}", "`x`{=typst}", "#emph[x]",
    "#read(\"settings.typ\")", "#import \"x.typ\"", "#set page(width: 1pt)", "<标签>", "\\alert", "\\input{x}",
    "\\newpage", "\\", "尾\\", "# 标题", "## 标题", "> 引", "- 项", "1. 项", "1) 项", "(1) 项", "::: {.x}", ":::",
    "```", "~~~", "| a | b |", "a|b", "***", "^[注]", "[^1]", "[x]{.y}", "x {#id}", "{}", "{%raw%}", "{{x}}",
    "%PDF-1.7",
    "<w:fldSimple w:instr=\"DATE\"/>", "{ DATE }", "{ INCLUDETEXT x }", "http://example.invalid/a?b=1&c=2",
    "www.example.invalid", "a@b.invalid", "<http://example.invalid>", "\"引\"", "'引'", ":smile:", "R&D", "a & b",
    "@@code@@", "%s %d {0}", "${HOME}", "$(x)",
]
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    "=HYPERLINK(\"http://example.invalid\")", "=cmd|' /C calc'!A0", "=WEBSERVICE(\"x\")", "\u200b=1+1", "\ufeff=1+1",
]
UNPRINTABLE = ["甲\x07乙", "甲\x0b乙", "甲\x1b[31m乙", "甲\u202e乙", "甲\u2066乙", "甲\x7f乙", "甲\x9b乙", "甲\ufffe乙"]
