// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization
internal import WebSockets

extension DoorConnection {
  /// For `bridge.status`.
  var status: JSONValue {
    let (open, requests, held) = state.withLock { ($0.open.count, $0.requests, $0.held.count) }
    return .object([
      "connection": .integer(Int64(number)), "run": .string(caller.run), "name": .string(caller.name),
      "open_requests": .integer(Int64(open)),
      "requests": .integer(Int64(requests)), "held_submits": .integer(Int64(held)), "bytes_waiting": .integer(Int64(socket.bytesWaiting)),
    ])
  }
}
