// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Writes messages of an event stream.
enum EventFrame {
  /// In milliseconds: how long a browser waits before it comes again.
  static let retry = 1_000

  /// - Parameter data: JSON in one line.
  static func bytes(_ name: String, id: String, _ data: [UInt8], isFirst: Bool = false) -> [UInt8] {
    var bytes = Array((isFirst ? "retry: \(retry)\n" : "").utf8)
    bytes += Array("id: \(id)\nevent: \(name)\ndata: ".utf8)
    bytes += data
    bytes += [10, 10]
    return bytes
  }

  static func events(_ events: [HubEvent]) -> [UInt8] {
    var data = Array(#"{"events":["#.utf8)
    data.reserveCapacity(events.reduce(32) { $0 + $1.text.count + 1 })
    for (place, event) in events.enumerated() {
      if place > 0 { data.append(UInt8(ascii: ",")) }
      data += event.text
    }
    data += Array("]}".utf8)
    return data
  }

  static func missed(_ topics: Set<String>) -> [UInt8] {
    JSONValue.object(["topics": .array(topics.sorted().map(JSONValue.string))]).bytes()
  }
}
