// SPDX-License-Identifier: Apache-2.0

import DebugProtocol
import JSON

@testable import RunBridge
@testable import WebSockets

/// What is promised of any input; what breaks a promise traps.
enum Attack {
  /// What is taken of a script's message is whole, and its answer stands under the same id.
  static func messages(_ bytes: [UInt8]) {
    _ = WireIdentity.find(in: bytes)
    switch WireReader().read(bytes) {
    case .request(let request, _, _):
      precondition(request.params.objectValue != nil && !request.type.isEmpty, "a request without parameters or a type was taken")
      check(WireFrame.answer(request.id ?? .null, .null), request.id ?? .null)
    case .refused(let id, let reason): check(WireFrame.failure(id, reason), id)
    case .cancel, .started, .updated, .ignored: break
    }
  }

  private static func check(_ frame: [UInt8], _ id: JSONValue) {
    let value = try? JSONValue(parsing: frame)
    precondition(value?["id"] == id && value?["success"]?.boolValue != nil, "what is answered is no answer")
  }

  /// No message of a WebSocket is beyond the limit, and none comes after the end.
  static func frames(_ bytes: [UInt8]) {
    var reader = FrameReader(limit: 300, skipsTooLarge: true)
    var rest = bytes[...]
    var isOver = false
    while let event = reader.next(&rest) {
      precondition(!isOver, "something came after the end")
      switch event {
      case .message(let message): precondition(message.bytes.count <= 300, "a message is beyond the limit")
      case .close, .failed: isOver = true
      case .tooLarge, .ping: break
      }
    }
  }

  /// Messages of a debug adapter are what came, whatever pieces it came in.
  static func debugging(_ bytes: [UInt8]) {
    precondition(bytes.starts(with: cut(bytes, piece: bytes.count)), "messages were made up")
    precondition(cut(bytes, piece: 1) == cut(bytes, piece: 7), "where bytes are cut changes what they mean")
  }

  private static func cut(_ bytes: [UInt8], piece: Int) -> [UInt8] {
    var framer = DapFramer(mostBodyBytes: 4_096)
    var found: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      framer.append(rest.prefix(piece))
      rest = rest.dropFirst(piece)
      do throws(DapFramingError) {
        while let frame = try framer.next() { found += frame.bytes }
      } catch {
        return found
      }
    }
    return found
  }
}
