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

  /// A stream with more than that is cut: a client sees its beginning while the rest is under way, and no one holds all of it.
  static let mostTextBytes = 256 << 10

  /// Gives the content of an event in pieces that can be sent: a long stream in several, anything else long by its size alone.
  static func forEachPiece(of content: [UInt8], type: String, _ body: ([UInt8]) -> Void) {
    if type == "stream", content.count > mostTextBytes, let text = LongText(content) { return text.forEachPiece(of: mostTextBytes, body) }
    if content.count <= 3 * mostBytes { return body(content) }
    let note = "\(content.count) bytes of \(type) are too much for one message: results.get reads them"
    body(JSONValue.object(["omitted_bytes": .integer(Int64(content.count)), "note": .string(note)]).bytes())
  }
}
