# SPDX-License-Identifier: Apache-2.0
"""Makes odd texts that Python still takes: pieces of the standard library with something put in or taken out.

    mutate.py SEED COUNT FOLDER      writes COUNT files; the same seed and Python give the same
"""

import ast
import pathlib
import random
import sys
import sysconfig
import warnings

PIECES = ["\\\n", "# c\n", "\n", "    # x\n", "\t", "    ", "  ", ";", "; x", "(\n", "\n)", " \\\n", "pass\n", "else:\n", "@d\n", "\f", "match x:\n",
          "    case 1: pass\n", "'''\n", "f'{x}'", "\r", "\r\n", "if a: b\n", "lambda: 0", ":", "async ", "x = [\n1,\n]\n", "f'''{a\n}'''", "'a\\\nb'",
          "%", "case = 3\n", "match = 1\n", "\ttab\n", "        eight\n", "#%%\n", "\\"]


def mutated(choose, source):
    lines = source.split("\n")
    first = choose.randrange(len(lines))
    while first and not lines[first][:1].isalpha():
        first -= 1
    text = "\n".join(lines[first:first + choose.randint(5, 60)])
    for _ in range(choose.randint(1, 5)):
        place, kind = choose.randrange(len(text) + 1), choose.random()
        if kind < 0.6:
            text = text[:place] + choose.choice(PIECES) + text[place:]
        elif kind < 0.8:
            text = text[:place] + text[place + choose.randint(1, 6):]
        else:
            lines = text.split("\n")
            line = choose.randrange(len(lines))
            lines[line] = choose.choice([lines[line].replace("    ", "\t"), choose.choice(["", " ", "\t", "    ", "        "]) + lines[line].lstrip()])
            text = "\n".join(lines)
    return text + "\n"


def main():
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    warnings.simplefilter("ignore")
    choose = random.Random(seed)
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    sources = [path for path in sorted(library.rglob("*.py")) if path.stat().st_size < 60_000 and "site-packages" not in path.parts]
    written = 0
    while written < count:
        data = mutated(choose, choose.choice(sources).read_bytes().decode("utf-8", "replace")).encode()
        try:
            ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        (folder / f"{written:06}.py").write_bytes(data)
        written += 1


if __name__ == "__main__":
    main()
