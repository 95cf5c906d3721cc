// SPDX-License-Identifier: Apache-2.0
// What a command leaves behind is told as an event, so that it is recorded once, in order, however large it is.

internal import JSON

/// The event `trainer.reply`: a trainer's reply as it came, and what was asked.
enum ReplyRecord {
  /// Puts what was asked behind the members of the reply; of two members with one name the later counts.
  ///
  /// - Parameter line: A JSON object.
  /// - Returns: Nil for a line that is none.
  static func event(_ line: Span<UInt8>, _ request: RequestTable.Sent, workingDirectory: String?, at time: Double) -> [UInt8]? {
    guard let end = lastBrace(of: line) else { return nil }
    var members: [String: JSONValue] = [
      "type": "reply", "key": .string(request.id), "cmd": .string(request.command), "session_id": .string(request.session),
      "ts": .number(time), "payload": request.payload ?? [:],
    ]
    members["run_id"] = request.run.map { .string($0) }
    members["cwd"] = workingDirectory.map { .string($0) }
    let own = JSONValue.object(members).bytes()
    var event: [UInt8] = []
    event.reserveCapacity(end + own.count + 1)
    append(line.extracting(0..<end), to: &event)
    event.append(UInt8(ascii: ","))
    return event + own.dropFirst()
  }

  /// The reply has at least `id` and `ok`, so a comma fits before the brace.
  private static func lastBrace(of line: Span<UInt8>) -> Int? {
    var index = line.count - 1
    while index > 0 {
      switch line[index] {
      case UInt8(ascii: "}"): return index
      case 0x20, 0x09, 0x0D: index -= 1
      default: return nil
      }
    }
    return nil
  }
}
