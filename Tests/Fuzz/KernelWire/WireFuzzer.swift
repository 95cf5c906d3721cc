// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON

@testable import Kernel

/// Makes inputs from a seed; the same seed, the same inputs.
struct WireFuzzer {
  private static let key = "a key for fuzzing"
  private static let texts = [
    #"{"msg_id": "1", "msg_type": "stream", "session": "s", "username": "u", "date": "2026-01-01T00:00:00Z", "version": "5.4"}"#,
    "{}", "null", #"{"execution_state": "idle"}"#, #"{"data": {"a": NaN, "b": "\ud800", "c": [1e999, -Infinity]}}"#,
    #"{"name": "stdout", "text": "grüße 🚲\n"}"#, "[[[[[]]]]]", "\"",
  ].map { Array($0.utf8) }
  private static let files = [
    #"{"shell_port": 1, "iopub_port": "2", "stdin_port": 3, "control_port": 4, "hb_port": 5, "ip": "127.0.0.1", "key": "k", "transport": "tcp", "signature_scheme": "hmac-sha256"}"#,
    #"{"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "ip": "/run/x", "transport": "ipc", "curve_publickey": "0123456789012345678901234567890123456789"}"#,
  ].map { Array($0.utf8) }

  private var random: Random
  private var inputs = 0

  static func main() {
    let seed = UInt64(option("--seed") ?? "") ?? UInt64(time(nil))
    let seconds = Int(option("--seconds") ?? "") ?? 10
    var fuzzer = WireFuzzer(random: Random(seed))
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
    case 0: tryFrames()
    case 1: tryJSON()
    case 2: _ = try? ConnectionInfo(parsing: damaged(random.pick(Self.files)))
    default: _ = MessageHeader(parsing: damaged(Self.texts[0]))
    }
  }

  /// What is taken is what was sent, and signed.
  private mutating func tryFrames() {
    let codec = try! WireCodec(key: Self.key)
    let message = KernelMessage(
      channel: .iopub, header: random.pick(Self.texts), parentHeader: random.pick(Self.texts), metadata: random.pick(Self.texts),
      content: random.pick(Self.texts), buffers: random.below(3) == 0 ? [[1, 2, 3]] : [])
    let sent = try! codec.encode(message, to: random.below(2) == 0 ? [Array("topic".utf8)] : [])
    var frames = sent
    for _ in 0...random.below(3) where !frames.isEmpty { damage(&frames) }
    guard let taken = try? codec.decode(frames, on: .iopub) else { return }
    let signed = [taken.header, taken.parentHeader, taken.metadata, taken.content]
    // The parts are signed one after another: a boundary may move, the whole may not.
    precondition(
      signed.joined().elementsEqual([message.header, message.parentHeader, message.metadata, message.content].joined()),
      "a message was taken that nobody signed")
    precondition((try? codec.decode(frames, on: .iopub)) == nil, "a message was taken twice")
    _ = (taken.messageHeader, taken.parent)
    check(taken.contentJSON)
  }

  /// Whatever goes in, JSON comes out; and JSON goes through as it is.
  private mutating func tryJSON() {
    let source = damaged(random.pick(Self.texts + Self.files))
    let mended = MendedJSON.mend(source)
    check(mended)
    if (try? JSONValue(parsing: source)) != nil { precondition(mended == source, "right JSON was changed") }
  }

  private func check(_ json: [UInt8]) {
    precondition((try? JSONValue(parsing: json)) != nil, "what was mended is no JSON: \(json)")
  }

  private mutating func damage(_ frames: inout [[UInt8]]) {
    let index = random.below(frames.count)
    switch random.below(6) {
    case 0: frames.remove(at: index)
    case 1: frames.insert(frames[index], at: index)
    case 2: frames.swapAt(index, random.below(frames.count))
    case 3: frames.insert(Array("<IDS|MSG>".utf8), at: index)
    default: frames[index] = damaged(frames[index])
    }
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

/// Numbers from a seed (SplitMix64).
struct Random {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
