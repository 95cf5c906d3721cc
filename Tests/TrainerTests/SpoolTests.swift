// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Trainer

@Suite struct SpoolTests {
  private let path = FileManager.default.temporaryDirectory.appending(path: "spool-tests-\(UUID().uuidString)/arrivals").path()

  private func spool(memory: Int, path: String? = nil) -> Spool { Spool(memoryBytes: memory, path: path ?? self.path) { _ in } }

  private func bytes(_ text: String, on connection: ConnectionID = 1) -> Arrival { Arrival(.bytes, on: connection, Array(text.utf8)) }

  private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// All that is left, each connection's bytes joined.
  private func streams(_ spool: Spool) -> [ConnectionID: String] {
    spool.finish()
    var streams: [ConnectionID: String] = [:]
    while let batch = spool.take() {
      for arrival in batch { streams[arrival.connection, default: ""] += String(decoding: arrival.bytes, as: UTF8.self) }
    }
    return streams
  }

  @Test func smallPiecesOfOneStreamAreMerged() {
    let spool = spool(memory: 1_000)
    for letter in "abc" { _ = spool.append(bytes("\(letter)")) }
    _ = spool.append(bytes("d", on: 2))
    _ = spool.append(bytes("e"))
    #expect(spool.take() == [bytes("abc"), bytes("d", on: 2), bytes("e")])
  }

  @Test func whatMemoryDoesNotHoldGoesToAFileAndComesBackInOrder() {
    let spool = spool(memory: 100)
    let sent: [Arrival] = [
      Arrival(.opened, on: 1, Array("peer".utf8)), bytes("in the file"), bytes("too", on: 2), Arrival(.closed, on: 1), bytes("", on: 2),
    ]
    for arrival in sent { #expect(spool.append(arrival)) }
    #expect(spool.usage.phase == .file && isThere(path))
    #expect(spool.take() == [sent[0]])
    // As long as something is in the file, what comes goes behind it, though memory is free.
    #expect(spool.append(bytes("last")))
    #expect(spool.take() == Array(sent[1...]) + [bytes("last")])
    #expect(spool.usage == Spool.Usage(memoryBytes: 0, fileBytes: 0, phase: .memory))
    #expect(!isThere(path))
  }

  @Test func withoutAFileTheReadingMustStopUntilThereIsRoom() {
    let spool = spool(memory: 100, path: "/proc/nowhere/arrivals")
    #expect(spool.append(bytes("a")))
    #expect(!spool.append(bytes("b", on: 2)))
    #expect(
      spool.usage.phase == .full(reason: "cannot make the spool file '/proc/nowhere/arrivals': No such file or directory"))
    #expect(spool.take() == [bytes("a")])
    #expect(spool.take() == [bytes("b", on: 2)])
    #expect(spool.usage.phase == .memory)
    #expect(spool.append(bytes("c")))
  }

  @Test func leftOverFileOfACrashIsReplaced() throws {
    let spools = [spool(memory: 0), spool(memory: 0)]
    _ = spools[0].append(bytes("of the crashed one"))
    _ = spools[1].append(bytes("ours"))
    #expect(streams(spools[1]) == [1: "ours"])
  }

  @Test(arguments: 1...20)
  func anyMixOfPlacesKeepsEveryStreamWhole(seed: UInt64) {
    var random = Seeded(state: seed)
    let spool = spool(memory: Int.random(in: 0...2_000, using: &random))
    var sent: [ConnectionID: String] = [:]
    var got: [ConnectionID: String] = [:]
    for number in 0..<500 {
      let connection = ConnectionID.random(in: 1...4, using: &random)
      let piece = String(repeating: "\(number),", count: Int.random(in: 1...20, using: &random))
      sent[connection, default: ""] += piece
      _ = spool.append(bytes(piece, on: connection))
      if Int.random(in: 0..<10, using: &random) == 0 {
        for arrival in spool.take() ?? [] { got[arrival.connection, default: ""] += String(decoding: arrival.bytes, as: UTF8.self) }
      }
    }
    got.merge(streams(spool)) { $0 + $1 }
    #expect(got == sent)
    #expect(!isThere(path))
  }
}

/// A generator whose numbers a failed test can have again.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    // SplitMix64: Steele, Lea, Flood 2014.
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
