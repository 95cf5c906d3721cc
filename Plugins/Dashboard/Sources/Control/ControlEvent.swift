// SPDX-License-Identifier: Apache-2.0

/// An event as it came through the control door.
struct ControlEvent: Sendable {
  let topic: String
  /// `{"topic", "sequence", "time", "payload"}`, for pages; in one line, without carriage returns, which would end a line of an event stream.
  let text: [UInt8]
  let payload: JSONPiece?
  /// How many of this subscription were dropped before it.
  let lost: Int

  /// - Parameter parameters: Of the notification "event".
  init?(_ parameters: JSONMembers) {
    guard let topic = parameters["topic"]?.string else { return nil }
    self.topic = topic
    payload = parameters["payload"]
    lost = parameters["lost"]?.int ?? 0
    var text = Array("{".utf8)
    for name in ["topic", "sequence", "time", "payload", "content"] {
      guard let piece = parameters[name] else { continue }
      text += Array((text.count > 1 ? ",\"\(name)\":" : "\"\(name)\":").utf8)
      // Outside of strings it is a blank, and inside it is not allowed.
      if piece.bytes[piece.range].contains(13) {
        text += piece.bytes[piece.range].map { $0 == 13 ? 32 : $0 }
      } else {
        text += piece.bytes[piece.range]
      }
    }
    text.append(UInt8(ascii: "}"))
    self.text = text
  }
}
