// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON

extension RunEvent {
  /// The event as clients are streamed it: `{"run", "seq", "time", "type", "content"}` and `buffers` in base64 when there are any.
  func chunk(run: String) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(content.count + 160)
    text += #"{"run":"\#(run)","seq":\#(sequence),"time":"#.utf8
    text += JSONValue.number(time).bytes()
    text += #","type":"\#(type)","content":"#.utf8
    text += content
    if !buffers.isEmpty {
      let encoded = buffers.map { JSONValue.string(Data($0).base64EncodedString()) }
      text += #","buffers":"#.utf8
      text += JSONValue.array(encoded).bytes()
    }
    text.append(UInt8(ascii: "}"))
    return text
  }

  /// The most bytes of content that one event carries; an answer of the host has a limit of 16 MiB.
  static let mostBytes = 4 << 20

  /// The content of this event in pieces that can be sent: a long stream in several, anything else long by its size alone.
  static func pieces(of content: [UInt8], type: String) -> [[UInt8]] {
    guard content.count > mostBytes else { return [content] }
    if type == "stream", let value = try? JSONValue(parsing: content), let text = value["text"]?.stringValue {
      return split(text, at: mostBytes / 2).map { piece in
        JSONValue.object(["name": value["name"] ?? "stdout", "text": .string(piece)]).bytes()
      }
    }
    if content.count <= 3 * mostBytes { return [content] }
    let note = "\(content.count) bytes of \(type) are too much for one message: results.get reads them"
    return [JSONValue.object(["omitted_bytes": .integer(Int64(content.count)), "note": .string(note)]).bytes()]
  }

  private static func split(_ text: String, at most: Int) -> [String] {
    let bytes = Array(text.utf8)
    var pieces: [String] = []
    var start = 0
    while start < bytes.count {
      var end = min(start + most, bytes.count)
      while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end -= 1 }
      pieces.append(String(decoding: bytes[start..<end], as: UTF8.self))
      start = end
    }
    return pieces
  }
}
