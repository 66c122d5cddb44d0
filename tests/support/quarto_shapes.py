"""A small book in the shapes that Quarto 1.x gives its website and its Word file, written by hand."""

import zipfile

PAGE = """<!DOCTYPE html><html lang="zh"><head><title>渔港小书</title><script>var a = "图 9.9";</script></head>
<body class="nav-sidebar docked"><nav id="quarto-sidebar"><a href="a.html">1.9 侧栏</a></nav>
<div id="quarto-margin-sidebar"><nav id="TOC"><h2 id="toc-title">该页面内容</h2><ul><li>1.1 按月</li></ul></nav></div>
<main class="content" id="quarto-document-content">
<header id="title-block-header" class="quarto-title-block default"><nav class="quarto-page-breadcrumbs"><ol>
<li>上篇</li></ol></nav><div class="quarto-title"><h1 class="title"><span id="sec-catch"
class="quarto-section-identifier">
<span class="chapter-number">1</span>&nbsp; <span class="chapter-title">渔获</span></span></h1></div></header>
<section id="sec-monthly" class="level2" data-number="1.1"><h2 data-number="1.1" class="anchored"
data-anchor-id="sec-monthly"><span class="header-section-number">1.1</span> 按月<a
class="anchorjs-link" href="#x"></a></h2>
<p>去年的渔获见 <a href="#fig-catch" class="quarto-xref"><span>图&nbsp;1.1</span></a> 和
<a href="#tbl-catch" class="quarto-xref"><span>表格&nbsp;1.1</span></a>，算式见
<a href="#eq-mean" class="quarto-xref"><span>方程式&nbsp;1.1</span></a>，方法见
<a href="./methods.html" class="quarto-xref"><span>附录&nbsp;A</span></a>，又见
<a href="#sec-monthly" class="quarto-xref"><span>章节&nbsp;1.1</span></a>和<a href="https://example.org/">网站</a>。</p>
<div id="fig-catch" class="quarto-float quarto-figure quarto-figure-center anchored"><figure
class="quarto-float quarto-float-fig figure"><div aria-describedby="fig-catch-caption-0ceaefa1"><img src="img/catch.svg"
class="img-fluid figure-img"></div><figcaption class="quarto-float-caption-bottom quarto-float-caption quarto-float-fig"
id="fig-catch-caption-0ceaefa1">图&nbsp;1.1: 各月渔获，<em>吨</em></figcaption></figure></div>
<div id="tbl-catch" class="quarto-float quarto-figure quarto-figure-center anchored"><figure
class="quarto-float quarto-float-tbl figure"><figcaption class="quarto-float-caption-top quarto-float-caption
quarto-float-tbl">表格&nbsp;1.1: 两个月的渔获</figcaption><div><table class="caption-top table"><tbody><tr><td>六月</td>
</tr></tbody></table></div></figure></div>
<div class="callout callout-style-default callout-note callout-titled"><div class="callout-header d-flex
align-content-center" data-bs-toggle="collapse"><div class="callout-icon-container"><i class="callout-icon"></i></div>
<div class="callout-title-container flex-fill"><span class="screen-reader-only">Note</span>怎么读</div></div>
<div id="callout-1" class="callout-collapse collapse"><div class="callout-body-container callout-body">
<p>先看轴，再看线，最后看单位和来源。</p></div></div></div></section></main></body></html>"""

FOUND = {
    "captions": {"图1.1": "各月渔获，吨", "表1.1": "两个月的渔获"},
    "headings": {"1.1": "按月"},
    "references": ["图1.1", "式1.1", "第1.1节", "表1.1", "附录A"],
    "callouts": ["怎么读"],
    "links": ["https://example.org/"],
    "text": ["去年的渔获见和算式见方法见又见和网站", "先看轴再看线最后看单位和来源"],
}
"""What a reader finds in that page, by eye."""

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LINKED = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def paragraph(text, style="BodyText", more=""):
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{more}{run}</w:p>'


def write_docx(path):
    """The same page as pandoc's Word writer lays it out for Quarto."""
    link = '<w:hyperlink r:id="rId9"><w:r><w:t>网站</w:t></w:r></w:hyperlink>'
    number = "<w:r><w:t>1.1</w:t></w:r><w:r><w:tab/></w:r>"
    body = [
        paragraph("渔获", "Heading1"),
        paragraph("按月", "Heading2", number),
        paragraph("去年的渔获见 图 1.1 和 表格 1.1，算式见 方程式 1.1，方法见 附录 A，又见 章节 1.1和").replace(
            "</w:p>", link + "<w:r><w:t>。</w:t></w:r></w:p>"
        ),
        paragraph("图 1.1: 各月渔获，吨", "ImageCaption"),
        paragraph("表格 1.1: 两个月的渔获", "TableCaption"),
        "<w:tbl><w:tr><w:tc>"
        + paragraph("怎么读")
        + paragraph("先看轴，再看线，最后看单位和来源。")
        + "</w:tc></w:tr></w:tbl>",
        paragraph("1.1 按月 7", "TOC2"),
    ]
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("word/document.xml", f"<w:document {WORD} {LINKED}><w:body>{''.join(body)}</w:body></w:document>")
        file.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId9" Target="https://example.org/" TargetMode="External"/></Relationships>',
        )
