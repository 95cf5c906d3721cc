// SPDX-License-Identifier: Apache-2.0

/// Makes texts that are nearly Python.
struct Mutator {
  var generator: SeededGenerator

  private static let lines = [
    "x = 1", "def f(a, b):", "    return a", "class A:", "    x: int", "@dec", "@dec(", "async def g():", "if a:", "elif b:", "else:",
    "for i in s:", "while a:", "try:", "except E as e:", "except* E:", "finally:", "with a as b:", "match x:", "    case 1:", "case = 3",
    "match = 4", "type T = int", "x = (", ")", "]", "}", "f(a, [", "s = '''", "'''", "\"\"\"", "f'''{a", "f\"{a['x']!r:>{w}}\"",
    "f\"{d[\"a\"]}\"",
    "rf'\\{x}'", "x = 1 + \\", "\\", "# comment", "# %% title [markdown]", "#%%", "# In[3]:", "# <codecell>", "%time f()", "%%bash",
    "!ls (", "y = !ls", "z = %time", "foo?", "?foo", "pass", "import os", "a; b; c", "if a: b", "'abc", "x = 1)", "\tif b:", "\t\ty = 2",
    "        x", "  y", "\u{0C}def h():", "\u{FEFF}x", "caf\u{E9} = '\u{1F600}'", "lambda: (", "x: int", "\0", "$", "", "", "\r", "f'{x:",
    "f'{x:\n}'",
    "f'\\N{DASH}{y}'", "b'\\'", "'a\\", "return {", "async \\", "if \\",
  ]
  private static let pieces = [
    "(", ")", "[", "]", "{", "}", "'", "\"", "'''", "\"\"\"", "f'", "f\"", "\\", "\n", "\r\n", "\r", ":", "=", "!", "%", "?", "#", "    ",
    "\t", " ", "def ",
    "else:", "@", ";", "\0", "\u{0C}", "{{", "}}", "\\N{", "async ", "# %%\n", "%%x\n", "case ", "match ", "lambda ", ",",
  ]

  mutating func number(below limit: Int) -> Int { limit <= 1 ? 0 : Int.random(in: 0..<limit, using: &generator) }

  /// Some lines, indented at random.
  mutating func text(atMost count: Int) -> String {
    var text = ""
    var depth = 0
    for _ in 0...number(below: count) {
      depth = max(0, min(6, depth + number(below: 4) - (number(below: 3) == 0 ? 2 : 1)))
      text += String(repeating: number(below: 12) == 0 ? "\t" : "    ", count: depth)
      text += Self.lines[number(below: Self.lines.count)]
      text += number(below: 40) == 0 ? "\r\n" : "\n"
    }
    for _ in 0..<number(below: 6) { text = changed(text) }
    return text
  }

  /// A text with something put in, or taken out, anywhere.
  mutating func changed(_ text: String) -> String {
    var bytes = Array(text.utf8)
    let place = number(below: bytes.count + 1)
    switch number(below: 3) {
    case 0: bytes.insert(contentsOf: Self.pieces[number(below: Self.pieces.count)].utf8, at: place)
    case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + number(below: 8)))
    default: if place < bytes.count { bytes[place] = UInt8(number(below: 256)) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
