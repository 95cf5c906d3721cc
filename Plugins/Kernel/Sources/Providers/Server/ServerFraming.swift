// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// How messages of all channels share one WebSocket.
enum ServerFraming: Sendable {
  /// Offsets and raw parts: the JSON texts pass byte for byte.
  case v1
  /// One JSON text a message; what servers speak that know no sub-protocol.
  case legacy

  static let v1Name = "v1.kernel.websocket.jupyter.org"

  /// By what the server chose of what was offered.
  init(chosen: String?) { self = chosen == Self.v1Name ? .v1 : .legacy }

  func encode(_ message: KernelMessage) -> WebSocketMessage {
    switch self {
    case .v1: .binary(V1Frame.encode(message))
    case .legacy: LegacyFrame.encode(message)
    }
  }

  /// - Throws: `ServerFrameFault`.
  func decode(_ message: WebSocketMessage) throws -> KernelMessage {
    switch (self, message) {
    case (.v1, .binary(let bytes)): try V1Frame.decode(bytes)
    case (.v1, .text): throw ServerFrameFault("a text where the protocol has only binary frames")
    case (.legacy, .text(let bytes)): try LegacyFrame.decode(text: bytes)
    case (.legacy, .binary(let bytes)): try LegacyFrame.decode(binary: bytes)
    }
  }
}

/// Why a frame of a server was refused.
struct ServerFrameFault: Error, Hashable, Sendable, CustomStringConvertible {
  let reason: String
  init(_ reason: String) { self.reason = reason }
  /// One sentence.
  var description: String { "a frame of the server was refused: \(reason)" }
}
