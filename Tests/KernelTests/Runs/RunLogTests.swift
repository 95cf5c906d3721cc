// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import SmallDisk
import Synchronization
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
    var chunks: [[UInt8]] = []
    _ = try await log.follow(from: first, offer: { _ in false }, emit: { chunks.append($0) })
    return chunks
  }

  /// Takes what is offered, up to a number of chunks.
  private final class Taker: Sendable {
    private let state: Mutex<(room: Int, chunks: [[UInt8]])>

    init(room: Int) { state = Mutex((room, [])) }

    var chunks: [[UInt8]] { state.withLock { $0.chunks } }

    func take(_ chunk: [UInt8]) -> Bool {
      state.withLock { state in
        guard state.room > 0 else { return false }
        state.room -= 1
        state.chunks.append(chunk)
        return true
      }
    }
  }

  /// A reader that has read the first chunk and waits for more.
  private func follower(
    of log: RunLog, _ taker: Taker, ended: @escaping @Sendable () -> Void = {}
  ) async -> Task<(Int, [[UInt8]]), any Error> {
    log.append(chunk(0))
    let (first, begun) = AsyncStream<Void>.makeStream()
    let task = Task {
      var emitted: [[UInt8]] = []
      let next = try await log.follow(
        from: 0, offer: { taker.take($0) },
        emit: {
          emitted.append($0)
          begun.finish()
        }, ended: ended)
      return (next, emitted)
    }
    for await _ in first {}
    while !log.isFollowed { await Task.yield() }
    return task
  }

  @Test func whoWaitsIsGivenWhatComesByTheOneWhoBringsIt() async throws {
    let (log, taker, endings) = (RunLog(path: path), Taker(room: .max), Taker(room: .max))
    let reading = await follower(of: log, taker) { _ = endings.take([]) }
    for number in 1..<100 {
      log.append(chunk(number))
      #expect(taker.chunks.count == number)
    }
    log.end(with: ending)
    #expect(endings.chunks.count == 1)
    let (next, emitted) = try await reading.value
    #expect(next == 100 && emitted == [chunk(0)] && taker.chunks == (1..<100).map { chunk($0) })
  }

  @Test func whatIsRefusedIsReadLaterAndOnce() async throws {
    let (log, taker) = (RunLog(path: path), Taker(room: 10))
    let reading = await follower(of: log, taker)
    for number in 1..<20_000 { log.append(chunk(number, 60), announces: number % 7 == 0) }
    log.end(with: ending)
    let (next, emitted) = try await reading.value
    #expect(next == 20_000)
    var all = emitted
    all.insert(contentsOf: taker.chunks, at: 1)
    #expect(taker.chunks.count == 10)
    #expect(all == [chunk(0)] + (1..<20_000).map { chunk($0, 60) })
    log.discard()
  }

  @Test func whoGivesUpIsLetGo() async throws {
    let (log, taker) = (RunLog(path: path), Taker(room: .max))
    let reading = await follower(of: log, taker)
    reading.cancel()
    await #expect(throws: CancellationError.self) { try await reading.value }
    log.append(chunk(1))
    #expect(taker.chunks.isEmpty && !log.isFollowed)
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
