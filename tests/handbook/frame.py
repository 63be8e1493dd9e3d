# SPDX-License-Identifier: MIT
"""What all pages of the handbook share: their order, the way from one to the next, head and foot."""

from typing import NamedTuple


class Chapter(NamedTuple):
    file: str
    title: str
    short: str
    says: str


CHAPTERS = (
    Chapter("lecture.html", "How a thread-pool server works", "Lecture", "the sockets API from getaddrinfo to close, step by step"),
    Chapter("exercises.html", "Exercises", "Exercises", "a server that freezes, and what breaks when a line goes"),
    Chapter("tour.html", "A tour of the code", "Tour", "each system call of a request: file, function and man page"),
    Chapter("options.html", "Every option", "Options", "defaults, values and what they mean"),
    Chapter("pool.html", "Tuning the pool", "Pool", "how many threads, and how Lido tells"),
    Chapter("proxy.html", "Behind a proxy", "Proxy", "nginx and HAProxy in front, with what to set"),
    Chapter("files.html", "Files and caching", "Files", "validators, caches, compressed forms, listings, archives"),
    Chapter("trouble.html", "When something is odd", "Trouble", "what you see, why, and what to do"),
)


def chapter_of(file):
    return next(chapter for chapter in CHAPTERS if chapter.file == file)


def head(file):
    chapter = chapter_of(file)
    here = {chapter.file: ' aria-current="page"'}
    links = "\n".join(f'    <a href="{other.file}"{here.get(other.file, "")}>{other.short}</a>' for other in CHAPTERS)
    return f"""<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="{chapter.title}: {chapter.says}.">
<title>{chapter.title} · Lido</title>
<link rel="icon" href="favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="style.css">
<link rel="stylesheet" href="handbook.css">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
  <a class="brand" href="./"><img src="favicon.svg" alt="" width="32" height="32">Lido</a>
  <nav aria-label="Chapters">
{links}
  </nav>
</header>
<main id="content" class="book">
<h1>{chapter.title}</h1>"""


def foot(file):
    at = CHAPTERS.index(chapter_of(file))
    ways = []
    if at > 0:
        ways.append(f'<a rel="prev" href="{CHAPTERS[at - 1].file}"><span>Before</span> {CHAPTERS[at - 1].title}</a>')
    if at + 1 < len(CHAPTERS):
        ways.append(f'<a rel="next" href="{CHAPTERS[at + 1].file}"><span>Next</span> {CHAPTERS[at + 1].title}</a>')
    links = "\n  ".join(ways)
    return f"""<nav class="ways" aria-label="Before and next">
  {links}
</nav>
</main>
<footer>
<p>A chapter of Lido’s handbook, served by Lido: <a href="./">to the start</a>, <a href="/.lido/">to the pool at work</a>.</p>
</footer>
</body>
</html>"""


def contents():
    entries = "\n".join(f'  <li><a href="{chapter.file}"><strong>{chapter.title}</strong> <span>{chapter.says}</span></a></li>'
                        for chapter in CHAPTERS)
    return f'<ul class="links">\n{entries}\n</ul>'
