// SPDX-License-Identifier: Apache-2.0

/// The comment that begins a cell: `# %%`, `#%%`, `# In[3]:`, `# <codecell>` or `# <markdowncell>`, at the left margin.
struct CellMarker: Equatable {
  var title: String?
  var content = Cell.Content.code

  static func isMarker(_ text: Span<UInt8>, _ line: Range<Int>) -> Bool { sign(text, line) != nil }

  /// Reads a line; nil when it is no marker.
  init?(_ text: Span<UInt8>, _ line: Range<Int>) {
    guard let sign = Self.sign(text, line) else { return nil }
    var rest = sign.end
    switch sign.kind {
    case .percent: while rest < line.upperBound, text[rest] == UInt8(ascii: "%") { rest += 1 }
    case .input: while rest < line.upperBound, text[rest] == UInt8(ascii: ":") { rest += 1 }
    case .markdownCell: content = .markdown
    case .codeCell: break
    }
    readTitle(Self.string(text, rest..<line.upperBound))
  }

  private mutating func readTitle(_ rest: String) {
    var words = rest.split(separator: " ", omittingEmptySubsequences: true)
    for (tag, kind) in [("[markdown]", Cell.Content.markdown), ("[md]", .markdown), ("[raw]", .raw)] {
      if let index = words.firstIndex(where: { $0 == tag }) {
        words.remove(at: index)
        content = kind
      }
    }
    title = words.isEmpty ? nil : words.joined(separator: " ")
  }

  // MARK: - Signs

  private enum Kind { case percent, input, codeCell, markdownCell }

  private static func sign(_ text: Span<UInt8>, _ line: Range<Int>) -> (kind: Kind, end: Int)? {
    var at = line.lowerBound
    if at == 0, line.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { at = 3 }
    guard at < line.upperBound, text[at] == UInt8(ascii: "#") else { return nil }
    at += 1
    while at < line.upperBound, text[at] == UInt8(ascii: " ") || text[at] == UInt8(ascii: "\t") { at += 1 }
    let rest = at..<line.upperBound
    if has("%%", text, rest) { return (.percent, at + 2) }
    if has("<codecell>", text, rest) { return (.codeCell, at + 10) }
    if has("<markdowncell>", text, rest) { return (.markdownCell, at + 14) }
    return input(text, rest).map { (.input, $0) }
  }

  /// The end of `In[ 12 ]`.
  private static func input(_ text: Span<UInt8>, _ rest: Range<Int>) -> Int? {
    guard has("In[", text, rest) else { return nil }
    var at = rest.lowerBound + 3
    while at < rest.upperBound, text[at] == UInt8(ascii: " ") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[at]) { at += 1 }
    guard at < rest.upperBound, text[at] == UInt8(ascii: "]") else { return nil }
    return at + 1
  }

  private static func has(_ sign: StaticString, _ text: Span<UInt8>, _ rest: Range<Int>) -> Bool {
    let expected = "\(sign)".utf8
    guard rest.count >= expected.count else { return false }
    return zip(expected, rest).allSatisfy { $0 == text[$1] }
  }

  private static func string(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: range.map { text[$0] == UInt8(ascii: "\t") ? UInt8(ascii: " ") : text[$0] }, as: UTF8.self)
  }
}
