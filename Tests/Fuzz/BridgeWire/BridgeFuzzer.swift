// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON

@testable import RunBridge
@testable import WebSockets

/// Makes inputs from a seed; the same seed, the same inputs.
struct BridgeFuzzer {
  private static let texts = [
    #"{"id": 123456789, "type": "vscode/chat", "params": {"message": "grüße 🚲 \ud83d", "timeout": 1500.0, "stream": true}}"#,
    #"{"id": 7, "type": "vscode/executeCommand", "params": {"command": "a.b", "args": [1, null, {"x": [NaN, -Infinity]}], "timeout": 0}}"#,
    #"{"params": {"id": 1}, "type": "vscode/showMessage", "id": "seven"}"#, #"{"type": "cancel", "id": 3}"#,
    #"{"type": "dapEvent", "event": "asyncOperationStarted", "body": {"operationId": 4, "operationType": "form", "resumeToken": "t", "timeoutMs": 1e9, "metadata": {"timeout_ms": 5, "operationParams": {"formSpec": {}}}}}"#,
    #"{"type": "dapEvent", "event": "asyncOperationUpdated", "body": {"operationId": "x", "status": "failed", "error": null}}"#,
  ].map { Array($0.utf8) }

  private let reader = WireReader()
  private var random: Random
  private var inputs = 0

  static func main() {
    let seed = UInt64(option("--seed") ?? "") ?? UInt64(time(nil))
    let seconds = Int(option("--seconds") ?? "") ?? 10
    var fuzzer = BridgeFuzzer(random: Random(seed))
    print("seed \(seed), \(seconds) s")
    let end = time(nil) + seconds
    while time(nil) < end { for _ in 0..<200 { fuzzer.step() } }
    print("\(fuzzer.inputs) inputs, nothing found")
  }

  private static func option(_ name: String) -> String? {
    guard let index = CommandLine.arguments.firstIndex(of: name), index + 1 < CommandLine.arguments.count else { return nil }
    return CommandLine.arguments[index + 1]
  }

  private mutating func step() {
    inputs += 1
    switch random.below(4) {
    case 0: tryBeginning()
    case 1: tryFrames()
    default: tryMessage(damaged(random.pick(Self.texts)))
    }
  }

  /// Whatever comes in: what is taken is whole, and what goes out is an object under the same id.
  private func tryMessage(_ bytes: [UInt8]) {
    let strict = try? JSONValue(parsing: bytes)
    switch reader.read(bytes) {
    case .request(let request, let answerBy, _):
      precondition(request.params.objectValue != nil && !request.type.isEmpty, "a request without parameters or a type was taken")
      precondition(request.deadline.map { $0 - .now < .seconds(367 * 86_400) } ?? true, "a deadline is far away")
      precondition((answerBy == nil) == (request.deadline == nil), "one time is there without the other")
      check(request.id ?? .null)
    case .cancel(let id): check(id)
    case .started(let start): precondition(!start.operation.isEmpty, "an operation without a name was taken")
    case .updated(let update): precondition(!update.operation.isEmpty, "an operation without a name was taken")
    case .refused(let id, let reason):
      precondition(!(strict != nil && reason.hasPrefix("Invalid JSON")), "right JSON was refused: \(reason)")
      check(WireFrame.failure(id, reason), id)
    case .ignored: break
    }
  }

  private func check(_ id: JSONValue) {
    precondition(!id.isNull, "a request without an id was taken")
    check(WireFrame.answer(id, .null), id)
  }

  private func check(_ frame: [UInt8], _ id: JSONValue) {
    guard let value = try? JSONValue(parsing: frame) else { preconditionFailure("what is answered is no JSON: \(frame)") }
    precondition(value["id"] == id && value["success"]?.boolValue != nil, "what is answered is no answer: \(frame)")
  }

  /// The beginning of a message shows its id, or nothing.
  private mutating func tryBeginning() {
    let text = random.pick(Self.texts)
    let id = WireIdentity.find(in: text)
    let found = WireIdentity.find(in: Array(text.prefix(random.below(text.count + 1))))
    precondition(found == nil || found == id, "the beginning of a message shows another id")
    _ = WireIdentity.find(in: damaged(text))
  }

  /// Frames, whole or not: no message is beyond the limit, and none comes after the end.
  private mutating func tryFrames() {
    var bytes: [UInt8] = []
    for _ in 0...random.below(3) { bytes += frame(random.pick([0x81, 0x01, 0x80, 0x82, 0x89, 0x88]), random.pick(Self.texts)) }
    bytes = damaged(bytes)
    var reader = FrameReader(limit: 300, skipsTooLarge: true)
    var rest = bytes[...]
    var isOver = false
    while let event = reader.next(&rest) {
      precondition(!isOver, "something came after the end")
      switch event {
      case .message(let message): precondition(message.bytes.count <= 300, "a message is beyond the limit")
      case .tooLarge(let size, let beginning): precondition(size > 300 && beginning.count <= 4_096, "it is not too large")
      case .close, .failed: isOver = true
      case .ping: break
      }
    }
    precondition(rest.isEmpty, "bytes are left")
  }

  private func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let payload = first & 8 == 0 ? payload : Array(payload.prefix(125))
    let length: [UInt8] =
      payload.count < 126 ? [0x80 | UInt8(payload.count)] : [0xfe, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    return [first] + length + [0, 0, 0, 0] + payload
  }

  private mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(4) {
      let index = random.below(bytes.count + 1)
      switch random.below(5) {
      case 0: bytes.insert(random.pick(Array(#"{}[]",:\u0dNaIfity-1.eE+ "#.utf8) + [0, 10, 0x80, 0xFF, 0xC3, 0xED, 0xF0]), at: index)
      case 1: bytes.removeSubrange(index..<min(bytes.count, index + random.below(8)))
      case 2: bytes.insert(contentsOf: random.pick(Self.texts), at: index)
      case 3: bytes = Array(bytes.prefix(index))
      default: if index < bytes.count { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
      }
      if bytes.count > 4_096 { bytes = Array(bytes.prefix(4_096)) }
    }
    return bytes
  }
}
