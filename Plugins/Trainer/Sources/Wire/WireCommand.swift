// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A line to a trainer.
enum WireCommand {
  /// A command to be answered under an identifier, or one nobody answers.
  static func line(_ command: String, payload: JSONValue?, id: String?) -> [UInt8] {
    var members: [String: JSONValue] = ["cmd": .string(command)]
    members["payload"] = payload
    members["id"] = id.map { .string($0) }
    return ascii(.object(members))
  }

  /// Tells a trainer that its events up to a number are stored.
  static func ack(session: String, sequence: Int64) -> [UInt8] {
    line("ack", payload: ["session_id": .string(session), "event_seq": .integer(sequence)], id: nil)
  }

  /// JSON in pure ASCII with a newline: a trainer decodes each of its reads on its own and loses characters that straddle two.
  static func ascii(_ value: JSONValue) -> [UInt8] {
    var line: [UInt8] = []
    // Whatever is not ASCII stands inside a string, where the escape means the same.
    for unit in value.serialized().utf16 {
      if unit < 0x80 {
        line.append(UInt8(unit))
      } else {
        line += "\\u".utf8
        line += [12, 8, 4, 0].map { hexDigits[Int(unit >> $0 & 15)] }
      }
    }
    line.append(0x0A)
    return line
  }
}

private let hexDigits = Array("0123456789abcdef".utf8)
