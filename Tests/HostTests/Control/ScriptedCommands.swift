// SPDX-License-Identifier: Apache-2.0
import Synchronization

@testable import Host
import PluginBridge

/// Commands in Swift that do what a test of the control door needs.
final class ScriptedCommands: CommandProvider {
  let id = "script"
  let held = BlockingQueue<OpenCall>()
  let cancellations = BlockingQueue<CallStatus>()
  let emitted = Atomic<Int>(0)
  private let board: Switchboard
  /// How many chunks of how many bytes "script.flood" sends.
  private let flood = Mutex((chunks: 0, bytes: 0))

  init(board: Switchboard) {
    self.board = board
    let verbs = ["echo", "hold", "pretty", "broken", "bytes", "cbor", "empty", "fail", "plain", "flood", "progress", "odd"]
    board.register(
      verbs.map { CommandDescription(name: "script.\($0)", plugin: id, summary: "Does \($0).", stream: $0 == "flood") }, provider: self)
  }

  func floods(chunks: Int, bytes: Int) { flood.withLock { $0 = (chunks, bytes) } }

  func heldCall() -> OpenCall? { held.take(until: MonotonicClock.after(milliseconds: 10_000)) }
  func cancellation() -> CallStatus? { cancellations.take(until: MonotonicClock.after(milliseconds: 10_000)) }

  func invoke(_ call: OpenCall, payload: [UInt8], content: Content) {
    switch call.command.description.name {
    case "script.hold": held.put(call)
    case "script.pretty": finish(call, "{\n  \"a\": 12345678901234567890,\r\n  \"b\": \"x\\ny\"\n}\n")
    case "script.broken": finish(call, "{\"a\": ")
    case "script.bytes": _ = board.finish(call, status: .ok, content: .bytes, payload: [0, 10, 255])
    case "script.cbor": _ = board.finish(call, status: .ok, content: .cbor, payload: [0xF6])
    case "script.empty": finish(call, "")
    case "script.fail":
      let failure = #"{"message":"the disk is full","code":"disk","retryable":true,"data":{"free":0}}"#
      _ = board.finish(call, status: .failed, content: .json, payload: Array(failure.utf8))
    case "script.plain": _ = board.finish(call, status: .busy, content: .json, payload: Array("no".utf8))
    case "script.odd": _ = board.fail(call, CallStatus(rawValue: -700), "of a later host")
    case "script.flood": emit(call)
    case "script.progress":
      _ = board.progress(call, partsPerMillion: 250_000, note: "a \"quarter\"")
      finish(call, "1")
    default: finish(call, String(decoding: payload, as: UTF8.self))
    }
  }

  func cancelled(_ call: OpenCall, status: CallStatus) {
    cancellations.put(status)
    _ = board.finish(call, status: status, content: .json, payload: [])
  }

  func granted(_ call: OpenCall, chunks: UInt64, wasStarved: Bool) { emit(call) }

  /// Emits until there is no more credit, or all is sent.
  private func emit(_ call: OpenCall) {
    let (chunks, bytes) = flood.withLock { $0 }
    while emitted.load(ordering: .relaxed) < chunks {
      let number = emitted.load(ordering: .relaxed)
      let chunk = "[\(number),\"\(String(repeating: "x", count: bytes))\"]"
      guard board.emit(call, content: .json, payload: Array(chunk.utf8)) == .ok else { return }
      emitted.wrappingAdd(1, ordering: .relaxed)
    }
    finish(call, "\"done\"")
  }

  private func finish(_ call: OpenCall, _ text: String) {
    _ = board.finish(call, status: .ok, content: .json, payload: Array(text.utf8))
  }
}
