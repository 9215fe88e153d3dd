"""Names as somebody could type them into a file to see what a report makes of them."""

HOSTILE = (
    "<script>alert(1)</script>",
    "<w:p><w:r><w:t>x</w:t></w:r></w:p>",
    "]]>&amp;&lt;",
    "=cmd|' /C calc'!A0",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "{=1+1}",
    "https://example.org/x",
    "mailto:a@example.org",
    "internal:Sheet1!A1",
    '#import "x"',
    "$x$",
    "{{ 7*7 }}",
    "{% raise %}",
    "{# gone #}",
    "{{ ''.__class__.__mro__ }}",
    "{%p if x %}",
    "a\tb\nc",
    "0012345",
    "'; DROP TABLE sites; --",
    'quote " and \\backslash\\n',
    "\u202eright to left\u202c \u200f",
    "驿站🛵👩\u200d🔧",
    "长" * 4000,
)
# Characters that XML cannot hold come out as U+FFFD.
WITH_CONTROLS = "bell\x07 nul\x00 escape\x1b end\uffff"
WITHOUT_CONTROLS = "bell\ufffd nul\ufffd escape\ufffd end\ufffd"
