// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import SmallDisk
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(1))) struct RunLogTests {
  private let path = FileManager.default.temporaryDirectory.appending(path: "run-\(UUID().uuidString).events").path()
  private let ending = RunEnding(status: .ok, timings: RunTimings(queued: 0))

  private func chunk(_ number: Int, _ size: Int = 20) -> [UInt8] {
    let text = Array("\(number):".utf8)
    return text + [UInt8](repeating: UInt8(ascii: "x"), count: max(0, size - text.count))
  }

  private func all(_ log: RunLog, from first: Int = 0) async throws -> [[UInt8]] {
    var (position, chunks) = (RunLog.Position(from: first), [[UInt8]]())
    while let some = try await log.next(&position) { chunks += some }
    return chunks
  }

  @Test func keepsEverythingInOrderInMemoryAndOnDisk() async throws {
    let log = RunLog(path: path)
    defer { log.discard() }
    for number in 0..<20_000 { log.append(chunk(number, 60)) }
    log.end(with: ending)
    #expect(FileManager.default.fileExists(atPath: path))
    let chunks = try await all(log)
    #expect(chunks == (0..<20_000).map { chunk($0, 60) })
  }

  @Test(arguments: [0, 1, 255, 4_096, 19_998, 19_999, 20_000, 30_000]) func readsFromAnyNumberOn(first: Int) async throws {
    let log = RunLog(path: path)
    defer { log.discard() }
    for number in 0..<20_000 { log.append(chunk(number, 60)) }
    log.end(with: ending)
    #expect(try await all(log, from: first) == (min(first, 20_000)..<20_000).map { chunk($0, 60) })
  }

  @Test func chunkLargerThanTheMemoryGoesThroughTheFile() async throws {
    let log = RunLog(path: path)
    defer { log.discard() }
    log.append(chunk(0))
    log.append(chunk(1, 3 << 20))
    log.append(chunk(2))
    log.end(with: ending)
    #expect(try await all(log).map(\.count) == [20, 3 << 20, 20])
  }

  @Test func readerThatWaitsHearsOfWhatComes() async throws {
    let log = RunLog(path: path)
    defer { log.discard() }
    let reading = Task { try await all(log) }
    for number in 0..<100 {
      log.append(chunk(number))
      await Task.yield()
    }
    log.end(with: ending)
    #expect(try await reading.value == (0..<100).map { chunk($0) })
  }

  @Test func whatComesAfterTheEndIsReadToo() async throws {
    let log = RunLog(path: path)
    log.append(chunk(0))
    log.end(with: ending)
    log.append(chunk(1))
    #expect(try await all(log).count == 2)
  }

  @Test func waitingReaderCanBeCancelled() async throws {
    let log = RunLog(path: path)
    let reading = Task { try await all(log) }
    reading.cancel()
    await #expect(throws: CancellationError.self) { try await reading.value }
  }

  @Test func aFullDiskLosesTheMiddleAndSaysSo() async throws {
    let log = RunLog(path: "/dev/full")
    for number in 0..<20_000 { log.append(chunk(number, 60)) }
    log.end(with: ending)
    let chunks = try await all(log)
    #expect(String(decoding: chunks[0], as: UTF8.self).contains("events of this run were not kept: the disk was full"))
    #expect(chunks.last == chunk(19_999, 60))
    #expect(chunks.count > 1)
  }

  /// What comes while there is no room is counted; what comes when there is room again is kept, as often as that changes.
  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here"))
  func roomThatComesBackIsUsedAgain() async throws {
    let disk = try SmallDisk(kilobytes: 8_192)
    let log = RunLog(path: disk.path + "/run.events")
    var number = 0
    func append(_ count: Int) {
      for _ in 0..<count {
        log.append(chunk(number, 60))
        number += 1
      }
    }
    append(20_000)
    for _ in 0..<2 {
      try disk.fill()
      append(20_000)
      disk.empty()
      append(20_000)
    }
    log.end(with: ending)
    for first in [0, 19_000, 30_000, 70_000, 99_999] {
      let chunks = try await all(log, from: first)
      var next = first
      var gaps: [Int] = []
      for chunk in chunks {
        if let missing = try missing(in: chunk) {
          gaps.append(missing)
          next += missing
        } else {
          #expect(chunk == self.chunk(next, 60))
          next += 1
        }
      }
      #expect(next == 100_000, "each number is told of once, from \(first)")
      #expect(gaps.count == (first < 40_000 ? 2 : first < 80_000 ? 1 : 0), "\(gaps) from \(first)")
    }
    log.discard()
    #expect(!FileManager.default.fileExists(atPath: disk.path + "/run.events"))
  }

  /// Nil for a chunk that is there.
  private func missing(in chunk: [UInt8]) throws -> Int? {
    guard chunk.first == UInt8(ascii: "{") else { return nil }
    return try JSONValue(parsing: chunk)["content"]?["events"]?.intValue
  }
}
