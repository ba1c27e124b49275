import re

from hypothesis import given
from hypothesis import strategies as st

from rupture.escape import inert, safe

PAYLOADS = [
    "<script>window.__pwn=1</script>",
    "<img src=x onerror=window.__pwn=1>",
    "<svg onload=window.__pwn=1>",
    "${window.__pwn=1}",
    "{{value}}",
    "`${Object.assign(window,{__pwn:[1]})}`",
    "<meta http-equiv=refresh content='0;url=http://canary.test/'>",
    "<iframe src=http://canary.test/>",
    "<style>@import 'http://canary.test/';</style>",
    "![x](http://canary.test/i.png)",
    "[x](javascript:window.__pwn=1)",
    "$$\\href{javascript:1}{x}$$",
    "&#60;b&#62;",
    "'\" onmouseover=window.__pwn=1 x='",
    "http://canary.test/x",
    "www.canary.test",
    "a@canary.test",
    "<ScRiPt>window.__pwn=1</sCrIpT>",
    "<script src=//canary.test/a.js></script>",
    "<scr<script>ipt>window.__pwn=1</scr</script>ipt>",
    "</div></div><script>window.__pwn=1</script>",
    "</textarea><script>window.__pwn=1</script>",
    "</title><img src=x onerror=window.__pwn=1>",
    "--><img src=x onerror=window.__pwn=1>",
    "]]><img src=x onerror=window.__pwn=1>",
    "<img/src='x'/onerror=window.__pwn=1>",
    "<img src=x:x onerror\x3dwindow.__pwn=1>",
    "<IMG SRC=&#x6A;avascript:window.__pwn=1>",
    "<svg><script>window.__pwn=1</script></svg>",
    "<svg><animate onbegin=window.__pwn=1 attributeName=x dur=1s></svg>",
    "<math><mtext><img src=x onerror=window.__pwn=1></mtext></math>",
    "<body onload=window.__pwn=1>",
    "<details open ontoggle=window.__pwn=1>",
    "<input autofocus onfocus=window.__pwn=1>",
    "<select autofocus onfocus=window.__pwn=1>",
    "<video><source onerror=window.__pwn=1></video>",
    "<audio src=http://canary.test/a autoplay>",
    "<object data=javascript:window.__pwn=1>",
    "<embed src=http://canary.test/>",
    "<a href=javascript:window.__pwn=1>x</a>",
    "<form action=http://canary.test/><button>x</button></form>",
    "<link rel=stylesheet href=http://canary.test/a.css>",
    "<base href=http://canary.test/>",
    "<div style=background:url(http://canary.test/)>",
    "<div style='position:fixed;inset:0' onmouseenter=window.__pwn=1>",
    "<template><script>window.__pwn=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.__pwn=1>'>",
    "<x onclick=window.__pwn=1 tabindex=1>",
    "&lt;img src=x onerror=window.__pwn=1&gt;",
    "&amp;lt;script&amp;gt;",
    "${'$'}{window.__pwn=1}",
    "#{window.__pwn=1}",
    "<%= window.__pwn=1 %>",
    "[[x]](http://canary.test)",
    "[x]: http://canary.test 'x'",
    "<http://canary.test/>",
    "![][x]",
    "$\\url{http://canary.test}$",
    "\\(\\href{http://canary.test}{x}\\)",
    "=HYPERLINK('http://canary.test')",
    "javascript:/*--></title></style></textarea></script><svg/onload='window.__pwn=1'>",
    "\u202e<img src=x onerror=window.__pwn=1>",
    "file:///etc/passwd",
    "data:text/html,<script>window.__pwn=1</script>",
]


def test_safe_leaves_no_mark_of_html_or_templates():
    for payload in PAYLOADS:
        escaped = safe(payload)
        assert not re.search(r"[<>\"'`{}$]", escaped), payload


def test_inert_leaves_no_mark_of_markdown_and_keeps_citations():
    for payload in PAYLOADS:
        escaped = inert(payload)
        assert not re.search(r"[<>`{}$@]|!\[|\[[^\d]|https?:/|www\.", escaped), payload
    assert inert("Ask first. [1][2] It helps.") == "Ask first. [1][2] It helps."
    assert inert("[1](http://canary.test)").startswith("&#91;1]")
    assert inert("[1]: http://canary.test").startswith("&#91;1]")


def test_inert_keeps_ordinary_prose_as_it_is_so_that_a_copy_can_be_read():
    prose = "At turn 3, Client says: “whatever you think is best.” Isn't it? 50 % (or so); 2-3 times, #7."
    assert inert(prose) == prose


def test_inert_takes_the_meaning_from_line_starts():
    assert inert("# not a heading") == "&#35; not a heading"
    assert inert("- one\n2. two\n    code") == "&#45; one\n2&#46; two\ncode"


@given(st.text(max_size=200))
def test_both_give_back_the_same_words(text):
    import html

    shown = re.sub("[\u202a-\u202e\u2066-\u2069]", "\N{WHITE SQUARE}", text)
    assert not re.search(r"[<>\"'`{}$]", safe(text))
    if "\0" not in text and "\r" not in text:
        assert "&#0;" in safe(text) or html.unescape(safe(text)) == shown
