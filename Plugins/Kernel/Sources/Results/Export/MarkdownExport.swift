// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Writes Markdown: code, outputs as quoted text, images as files beside it or inside it. HTML and SVG stay quoted text: they are data.
struct MarkdownExport {
  /// An image that is a file of its own.
  struct Image {
    var name: String
    /// As it came, base64.
    var base64: String
  }

  /// The directory of image files as the text names it; nil puts images into the text.
  let imageDirectory: String?
  private(set) var images: [Image] = []

  init(imageDirectory: String?) { self.imageDirectory = imageDirectory }

  mutating func text(_ pieces: [ExportPiece]) -> String {
    var text = ""
    for piece in pieces where !piece.isBlank || !piece.outputs.isEmpty {
      if !piece.isBlank { text += Self.fenced(Self.withoutBlankEnds(piece.source), "python") }
      if let row = piece.result, row.freshness != .fresh {
        text += "*\(row.freshness.rawValue): the lines are not those that were run*\n\n"
      }
      for output in piece.outputs { text += shown(output) }
    }
    return text
  }

  private mutating func shown(_ output: ExportOutput) -> String {
    switch output {
    case .text(_, let text), .note(let text): return Self.fenced(PlainText.of(text), "text")
    case .error(let name, let value, let traceback):
      return Self.fenced(PlainText.of(traceback.isEmpty ? "\(name): \(value)" : traceback.joined(separator: "\n")), "text")
    case .bundle(_, _, let data, _): return shown(data)
    }
  }

  private mutating func shown(_ data: [String: JSONValue]) -> String {
    for (type, ending) in [("image/png", "png"), ("image/jpeg", "jpg"), ("image/gif", "gif")] {
      guard let encoded = ScriptExport.plain(data, type).map(Self.base64), !encoded.isEmpty else { continue }
      guard let imageDirectory else { return "![output](data:\(type);base64,\(encoded))\n\n" }
      let name = "output-\(images.count + 1).\(ending)"
      images.append(Image(name: name, base64: encoded))
      return "![output](<\(imageDirectory)/\(name)>)\n\n"
    }
    for (type, language) in [
      ("text/plain", "text"), ("text/markdown", "markdown"), ("text/latex", "latex"), ("text/html", "html"), ("image/svg+xml", "xml"),
    ] {
      if let text = ScriptExport.plain(data, type) { return Self.fenced(PlainText.of(text), language) }
    }
    if let value = data["application/json"] { return Self.fenced(value.serialized(pretty: true), "json") }
    return "*\(data.keys.sorted().map { $0.filter { $0 != "*" && $0 != "\n" } }.joined(separator: ", "))*\n\n"
  }

  /// The letters of base64, and no others: what is no image must not end the address.
  private static func base64(_ text: String) -> String {
    String(
      decoding: text.utf8.filter { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "+/=".utf8.contains(byte)
        }
      }, as: UTF8.self)
  }

  /// A fence longer than any in the text.
  private static func fenced(_ text: String, _ language: String) -> String {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)\n\n"
  }

  private static func withoutBlankEnds(_ text: String) -> String {
    var lines = BlockText.lines(of: text)
    while let first = lines.first, BlockText.key(first).isEmpty { lines.removeFirst() }
    while let last = lines.last, BlockText.key(last).isEmpty { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
