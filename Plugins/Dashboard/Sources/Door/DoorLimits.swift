// SPDX-License-Identifier: Apache-2.0

/// What one client, or all of them, may cost. Names as in the configuration; the times are fixed.
struct DoorLimits: Sendable, Hashable {
  /// Open at a time; who comes above it is answered 503.
  var connections = 512
  /// Of a request's body, in bytes; over it the answer is 413.
  var bodyBytes = 16 << 20
  /// From the connection to the end of the head.
  var headSeconds = 10.0
  /// From the head to the body's last byte.
  var bodySeconds = 30.0
  /// Without the client taking one byte while something waits for it.
  var sendSeconds = 30.0
  /// Of what waits to be sent to one connection, in bytes.
  var waitingBytes = 16 << 20
  /// From a request to its answer: longer than any command takes.
  var answerSeconds = 86_400.0

  init() {}
}

extension DoorLimits: Decodable {
  private enum Key: String, CodingKey { case connections, bodyBytes }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    connections = try values.decodeIfPresent(Int.self, forKey: .connections) ?? connections
    bodyBytes = try values.decodeIfPresent(Int.self, forKey: .bodyBytes) ?? bodyBytes
  }
}
