// SPDX-License-Identifier: Apache-2.0

import DebugProtocol
import Glibc

/// Makes inputs from a seed; the same seed, the same inputs.
struct FramingFuzzer {
  private static let mostBodyBytes = 4_096
  private static let headers = [
    "Content-Length: ", "content-LENGTH:", "Content-Length : ",
    "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: ",
    "Content-Length: 3\r\nContent-Length: ", "X", "", "\r\n", "Content-Length: -", "Content-Length: 0x", "Content-Length: ٣",
  ]

  private var random: Random
  private var inputs = 0

  static func main() {
    let seed = UInt64(option("--seed") ?? "") ?? UInt64(time(nil))
    let seconds = Int(option("--seconds") ?? "") ?? 10
    var fuzzer = FramingFuzzer(random: Random(seed))
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
    if random.below(2) == 0 { tryRight() } else { tryWrong() }
  }

  /// What is right comes through whole and in order, wherever it is cut.
  private mutating func tryRight() {
    let bodies = (0..<(1 + random.below(5))).map { _ in (0..<random.below(300)).map { _ in random.byte() } }
    let frames = bodies.map { DapFrame(body: $0) }
    let found = cut(frames.flatMap(\.bytes))
    precondition(found.error == nil, "what is right was refused: \(found.error.map(\.description) ?? "")")
    precondition(found.frames == frames && !found.isInMessage, "messages came through changed")
    precondition(found.frames.map { Array($0.body) } == bodies, "bodies came through changed")
  }

  /// What is wrong is refused or is a beginning; what came before it came through, and nothing is made up.
  private mutating func tryWrong() {
    var bytes: [UInt8] = []
    for _ in 0..<(1 + random.below(4)) { bytes += piece() }
    let first = cut(bytes)
    let second = cut(bytes)
    precondition(first.frames == second.frames && first.error == second.error, "where bytes are cut changes what they mean")
    precondition(bytes.starts(with: first.frames.flatMap(\.bytes)), "messages were made up")
    precondition(first.frames.allSatisfy { $0.body.count <= Self.mostBodyBytes }, "a message is longer than allowed")
  }

  private mutating func piece() -> [UInt8] {
    let body = (0..<random.below(40)).map { _ in random.byte() }
    let count = random.below(4) == 0 ? random.below(100_000) : body.count
    let end = random.pick(["\r\n\r\n", "\n\n", "\r\n", "\r\r\n\n", ""])
    return Array(random.pick(Self.headers).utf8) + Array("\(count)\(end)".utf8) + body
  }

  /// Feeds bytes in pieces.
  private mutating func cut(_ bytes: [UInt8]) -> (frames: [DapFrame], error: DapFramingError?, isInMessage: Bool) {
    var framer = DapFramer(mostBodyBytes: Self.mostBodyBytes)
    var frames: [DapFrame] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = 1 + random.below(random.below(2) == 0 ? 3 : 500)
      framer.append(rest.prefix(count))
      rest = rest.dropFirst(count)
      do throws(DapFramingError) {
        while let frame = try framer.next() { frames.append(frame) }
      } catch {
        return (frames, error, framer.isInMessage)
      }
    }
    return (frames, nil, framer.isInMessage)
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

  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
