"""Draws what a terminal shows: reads a session's coloured output, writes an SVG.

    sla check --color always examples/flawed 2>&1 | python3 docs/images/make.py "sla check examples/flawed" \\
        ladder-gap worse-pays-less respond-after-resolve promise-above-backing run-over-budget backing-term > docs/images/check.svg

After the command come the findings to show, the first of each kind; what is left out between them is shown as `…`.
"""

import html
import re
import sys

SIZE, STEP, WIDE, EDGE = 14, 19, 8.43, 16
PLAIN, BACK = "#d6deeb", "#10151f"
COLOURS = {"31": "#ff7b72", "33": "#e3b341", "36": "#56d4dd", "38;5;9": "#ff7b72", "38;5;11": "#e3b341"}


def pieces(line, bold, colour):
    """The stretches of one line that look alike, and how the next line begins."""
    out = []
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if code is None:
            if part:
                out.append((part, bold, colour))
        elif code[1] in ("", "0"):
            bold, colour = False, PLAIN
        elif code[1] == "1":
            bold = True
        else:
            colour = COLOURS[code[1]]
    return out, bold, colour


def span(text, bold, colour):
    """One stretch as SVG."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<tspan fill="{colour}"{weight}>{html.escape(text, quote=False)}</tspan>'


def chosen(paragraphs, wanted):
    """The first finding of each wanted kind, and the summary."""
    shown, left_out, wanted = [], False, set(wanted)
    for at, paragraph in enumerate(paragraphs):
        kind = re.search(r"\[([a-z0-9-]+)\]", re.sub(r"\x1b\[[0-9;]*m", "", paragraph))
        last = at == len(paragraphs) - 1
        if last or kind and kind[1] in wanted:
            if kind:
                wanted.discard(kind[1])
            shown += (["…", ""] if left_out else []) + paragraph.split("\n") + ([] if last else [""])
            left_out = False
        else:
            left_out = True
    return shown


def main():
    text = sys.stdin.read().rstrip("\n")
    shown = chosen(text.split("\n\n"), sys.argv[2:]) if sys.argv[2:] else text.split("\n")
    lines = ["\x1b[1m$ " + sys.argv[1] + "\x1b[0m"] + shown
    texts, bold, colour, longest = [], False, PLAIN, 0
    for at, line in enumerate(lines):
        parts, bold, colour = pieces(line, bold, colour)
        longest = max(longest, sum(len(part) for part, _, _ in parts))
        spans = "".join(span(*part) for part in parts)
        texts.append(f'<text x="{EDGE}" y="{EDGE + SIZE + at * STEP}">{spans}</text>')
    width, height = round(longest * WIDE + 2 * EDGE), len(lines) * STEP + 2 * EDGE
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">')
    print(f'<rect width="{width}" height="{height}" rx="8" fill="{BACK}"/>')
    print(f'<g font-family="ui-monospace, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="{SIZE}" xml:space="preserve" style="white-space: pre">')
    print("\n".join(texts))
    print("</g>\n</svg>")


main()
