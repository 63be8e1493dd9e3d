# SPDX-License-Identifier: MIT
"""Whether what makes the handbook's pages does what it should, on small examples."""

import tempfile
import unittest
from pathlib import Path

import excerpt
import mdoc
import options
import pages
from regions import Stale, renewed

SOURCE = """/* SPDX */
#include "x.h"

static int later(int n);

int first(int n) {
    return later(n);
}

/* Says more. */
static int later(int n) {
    if (n < 0) { /* nothing */
        return 0;
    }
    const char *text = "a < b";
    return text[n];
}

struct thing {
    int count;
};
"""


class Excerpts(unittest.TestCase):
    def test_a_function_is_found_by_its_definition_and_not_by_its_calls(self):
        text = excerpt.function_text(SOURCE, "later")
        self.assertTrue(text.startswith("static int later(int n) {\n"))
        self.assertTrue(text.endswith("return text[n];\n}\n"))

    def test_a_struct_is_found(self):
        self.assertEqual(excerpt.function_text(SOURCE, "struct thing"), "struct thing {\n    int count;\n};\n")

    def test_what_is_not_there_is_missed(self):
        with self.assertRaises(excerpt.Missing):
            excerpt.function_text(SOURCE, "late")
        with self.assertRaises(excerpt.Missing):
            excerpt.between(SOURCE, "first(int", "no such line")

    def test_lines_between_are_taken_with_both_ends(self):
        text = excerpt.function_text(SOURCE, "later")
        self.assertEqual(excerpt.dedented(excerpt.between(text, "const char", "return text")),
                         'const char *text = "a < b";\nreturn text[n];')

    def test_colours_hide_nothing(self):
        self.assertEqual(excerpt.coloured('if (x < "<b>") /* & */'),
                         '<span class="k">if</span> (x &lt; <span class="s">"&lt;b&gt;"</span>) <span class="c">/* &amp; */</span>')


class Manual(unittest.TestCase):
    def test_macros_become_elements(self):
        for line, html in (
            (".Cm threads No = auto ,", "<code>threads</code> = auto,"),
            (".Ql { \\(dq/srv/media\\(dq }", '<code>{ "/srv/media" }</code>'),
            (".Xr stat 2", "<code>stat(2)</code>"),
            (".Pq Ql ?download=tar", "(<code>?download=tar</code>)"),
            (".Fl -version", "<code>--version</code>"),
            ("1 < 2 & \\-", "1 &lt; 2 &amp; -"),
        ):
            with self.subTest(line):
                self.assertEqual(mdoc.inline(line), html)

    def test_an_unknown_macro_is_told(self):
        with self.assertRaises(mdoc.UnknownMacro):
            mdoc.inline(".Zz what")

    def test_the_default_is_left_out_but_not_that_of_a_list_within(self):
        lines = [".Bl -tag", ".It Cm a", "About a.", ".Bl -tag", ".It Cm b", "About b.", "Default: 1.", ".El", "More.", "Default: 2.",
                 ".El", "behind"]
        items, end = mdoc.tagged_list(lines, 0)
        self.assertEqual([item.tag for item in items], ["Cm a"])
        self.assertEqual(lines[end], "behind")
        self.assertIn("About b.", items[0].body)
        self.assertIn("More.", items[0].body)
        self.assertNotIn("Default", items[0].body)


class Table(unittest.TestCase):
    def test_limits_are_as_the_man_page_writes_them(self):
        for value, kind, text in ((1024, "SIZE", "1k"), (64 * 1024**3, "SIZE", "64G"), (64, "SIZE", "64 bytes"), (0, "DURATION", "0s"),
                                  (3600000, "DURATION", "1h"), (100000, "NUMBER", "100,000")):
            self.assertEqual(options.short(value, kind), text)

    def test_all_of_the_table_is_understood(self):
        found = {option.name: option for option in options.read_table(pages.ROOT)}
        self.assertEqual(found["queue"].default, "1024")
        self.assertEqual(found["when_full"].values, "wait, reject")
        self.assertEqual(found["folder_memory"].values, "1M to 64G")
        self.assertTrue(found["root"].per_site)


class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "source.c").write_text(SOURCE, encoding="utf-8")

    def page(self, text):
        path = self.root / "lecture.html"
        path.write_text(text, encoding="utf-8")
        return path

    def test_regions_are_made_anew_and_what_is_around_them_stays(self):
        page = self.page("before\n<!-- make code source.c first -->\nold\n<!-- made -->\nbehind\n")
        text = renewed(self.root, page)
        self.assertTrue(text.startswith("before\n<!-- make code source.c first -->\n<figure"))
        self.assertTrue(text.endswith("</figure>\n<!-- made -->\nbehind\n"))
        self.assertNotIn("old", text)
        page.write_text(text, encoding="utf-8")
        self.assertEqual(renewed(self.root, page), text)

    def test_a_function_that_has_gone_is_told_with_its_place(self):
        page = self.page("\n\n<!-- make code source.c gone -->\n<!-- made -->\n")
        with self.assertRaisesRegex(Stale, r"www/lecture\.html:3: .*gone"):
            renewed(self.root, page)

    def test_commands_are_read_with_what_they_say(self):
        page = self.page('<pre class="try" data-status="1"><code>a &amp;&amp; b</code></pre>\n'
                         '<pre class="says"><code>one\ntwo</code></pre>\n<pre class="file" data-for="lido"><code>threads = 2</code></pre>')
        command, file = pages.read_page(page)
        self.assertEqual((command.text, command.status, command.says), ("a && b", 1, ("one", "two")))
        self.assertEqual((file.program, file.text, file.line), ("lido", "threads = 2", 4))


if __name__ == "__main__":
    unittest.main()
