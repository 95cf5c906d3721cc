# SPDX-License-Identifier: Apache-2.0
"""What CPython's own parser says is the block of every line of a file.

    oracle.py FILE...      for each: `PATH COUNT`, then `FIRST LAST` a line, from 0; `PATH -1 REASON` where Python refuses the file

The block of a line is the innermost statement whose first line is that line, and for a later part of a statement (inside a bracket or
a string, after a backslash, a clause line, a function or class under decorators) that whole statement. Blank and comment lines outside
statements stand for themselves. Statements come from `ast`, logical lines from `tokenize`; nothing here knows Jackfield's rules.
"""

import ast
import io
import sys
import tokenize
import warnings

CLAUSES = {"elif", "else", "except", "finally", "case"}
SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}


def read(path):
    """The text as Python decodes it, every line ended by a newline."""
    with open(path, "rb") as file:
        data = file.read()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data, io.TextIOWrapper(io.BytesIO(data), encoding, newline=None).read()


def logical_lines(text):
    """(first line, last line, first word) of each, from 0."""
    first = word = None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in SILENT and first is None:
            continue
        if first is None:
            first, word = token.start[0] - 1, token.string
        if token.type == tokenize.NEWLINE:
            yield first, token.start[0] - 1, word
            first = None


def statements(tree, words):
    """Every statement with the whole it is written as (an `elif` is an `if` of its own to the parser), outer ones first."""
    queue = [(tree, None)]
    for node, whole in queue:
        inner = getattr(node, "orelse", None) if isinstance(node, ast.If) else None
        for child in ast.iter_child_nodes(node):
            is_elif = inner and child is inner[0] and isinstance(child, ast.If) and words.get(child.lineno - 1) == "elif"
            queue.append((child, whole if is_elif else child))
        if isinstance(node, ast.stmt):
            yield whole, node


def clause_owners(node):
    """The places of the clauses of a compound statement: for each list of statements but the first, (line after which, line up to which)."""
    parts = [node.body] if hasattr(node, "body") and isinstance(node.body, list) else []
    parts += [[handler] for handler in getattr(node, "handlers", [])]
    for handler in getattr(node, "handlers", []):
        parts.append(handler.body)
    parts += [getattr(node, name) for name in ("orelse", "finalbody") if getattr(node, name, None)]
    if isinstance(node, ast.Match):
        return [(node.lineno - 1, case.pattern.lineno - 1) for case in node.cases]
    parts.sort(key=lambda part: (part[0].lineno, part[0].col_offset))
    return [(before[-1].end_lineno - 1, after[0].lineno - 1) for before, after in zip(parts, parts[1:])]


def blocks(path):
    data, text = read(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(data)
    count = text.count("\n") + (not text.endswith("\n") and bool(text))
    found = [(line, line) for line in range(count)]
    logical = list(logical_lines(text))
    ends = {}
    for first, last, _ in logical:
        for line in range(first, last + 1):
            ends[line] = (first, last)
    heads, clauses = {}, {}
    for whole, node in statements(tree, {first: word for first, _, word in logical}):
        first = ends[min([whole.lineno] + [part.lineno for part in getattr(whole, "decorator_list", [])]) - 1][0]
        last = ends[whole.end_lineno - 1][1]
        heads.setdefault(first, (first, last))
        for part in getattr(node, "decorator_list", []):
            heads[ends[part.lineno - 1][0]] = (first, last)
        if getattr(node, "decorator_list", None):
            heads[ends[node.lineno - 1][0]] = (first, last)
        for above, below in clause_owners(node):
            clauses[above, below] = (first, last)
    places = {}
    for (above, below), block in clauses.items():
        for line in range(above, below + 1):
            places.setdefault(line, []).append(block)
    for first, last, word in logical:
        if word in CLAUSES and first not in heads or word in CLAUSES - {"case"}:
            block = max((block for block in places[first] if block[0] < first), key=lambda block: block[0] if fits(block, first, text) else -1)
        else:
            block = heads.get(first, (first, last))
        for line in range(first, last + 1):
            found[line] = block
    return found


def fits(block, line, text, cache={}):
    """Whether a clause and the statement it could belong to stand equally deep (a case: one of the match's children)."""
    if cache.get("text") is not text:
        cache.clear()
        cache.update(text=text, lines=text.split("\n"))
    own, other = cache["lines"][line], cache["lines"][block[0]]
    depth = [len(part.replace("\f", "").expandtabs()) - len(part.replace("\f", "").expandtabs().lstrip()) for part in (own, other)]
    return depth[0] > depth[1] if own.lstrip().startswith("case") else depth[0] == depth[1]


def main():
    sys.setrecursionlimit(20000)
    for path in sys.argv[1:] or map(str.rstrip, sys.stdin):
        try:
            found = blocks(path)
        except (SyntaxError, ValueError, UnicodeError, tokenize.TokenError, RecursionError, MemoryError) as error:
            print(f"{path} -1 {type(error).__name__}: {error}".replace("\n", " "))
            continue
        print(path, len(found))
        sys.stdout.writelines(f"{first} {last}\n" for first, last in found)


if __name__ == "__main__":
    main()
