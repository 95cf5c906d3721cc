// SPDX-License-Identifier: Apache-2.0

/// Where the bridge listens, and its limits. Names as in the configuration; what is left out keeps its default.
struct DoorSettings: Sendable, Hashable {
  /// Of 127.0.0.1; 0: any that is free.
  var port = 0
  /// Of one message, either way.
  var messageBytes = 16 << 20
  /// What may wait to be sent on one connection, and what of it may wait to be looked at; a client that goes beyond it is reset.
  var waitingBytes = 32 << 20
  /// Open at a time, with those that have not said yet who they are.
  var connections = 512
  /// Of one run, over all its connections; beyond it a request is answered with an error.
  var requestsPerSecond = 10_000
  /// Of one connection that are not answered yet; beyond it a request is answered with an error.
  var openRequests = 256
  /// From the connection to the end of the handshake.
  var handshakeSeconds = 10.0
  /// From the first byte of a message to its last.
  var messageSeconds = 30.0
  /// Without the client taking one byte while something waits for it.
  var sendSeconds = 30.0
  /// For a client to take what it is sent at the end of its run or of the host, before it is reset.
  var endSeconds = 2.0

  init() {}
}

extension DoorSettings: Decodable {
  private enum Key: String, CodingKey {
    case port, messageBytes, waitingBytes, connections, requestsPerSecond, openRequests, handshakeSeconds, messageSeconds, sendSeconds,
      endSeconds
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    port = try values.decodeIfPresent(Int.self, forKey: .port) ?? port
    messageBytes = try values.decodeIfPresent(Int.self, forKey: .messageBytes) ?? messageBytes
    waitingBytes = try values.decodeIfPresent(Int.self, forKey: .waitingBytes) ?? waitingBytes
    connections = try values.decodeIfPresent(Int.self, forKey: .connections) ?? connections
    requestsPerSecond = try values.decodeIfPresent(Int.self, forKey: .requestsPerSecond) ?? requestsPerSecond
    openRequests = try values.decodeIfPresent(Int.self, forKey: .openRequests) ?? openRequests
    handshakeSeconds = try values.decodeIfPresent(Double.self, forKey: .handshakeSeconds) ?? handshakeSeconds
    messageSeconds = try values.decodeIfPresent(Double.self, forKey: .messageSeconds) ?? messageSeconds
    sendSeconds = try values.decodeIfPresent(Double.self, forKey: .sendSeconds) ?? sendSeconds
    endSeconds = try values.decodeIfPresent(Double.self, forKey: .endSeconds) ?? endSeconds
  }
}
