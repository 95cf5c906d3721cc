// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Synchronization
import Testing

@testable import Trainer

@Suite struct SpoolTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "spool-tests-\(UUID().uuidString)").path()

  private func spool(memory: Int, file: Int = 64 << 20, directory: String? = nil) -> Spool {
    Spool(memoryBytes: memory, fileBytes: file, directory: directory ?? self.directory) { _ in }
  }

  private func events(_ lines: String..., on topic: TrainerTopic = .step) -> EventBatch {
    var batch = EventBatch()
    for line in lines { batch.append(Array(line.utf8).span, on: topic) }
    return batch
  }

  private func lines(_ batch: EventBatch?) -> [String] {
    guard let batch else { return [] }
    var lines: [String] = []
    var offset = 0
    while let entry = batch.entry(at: offset) {
      lines.append(String(decoding: batch.records[entry.line], as: UTF8.self))
      offset = entry.line.upperBound
    }
    return lines
  }

  private func take(_ spool: Spool) -> [String] { lines(spool.take()?.events) }

  /// All that is left.
  private func rest(_ spool: Spool) -> [String] {
    spool.finish()
    var all: [String] = []
    while let taken = spool.take() { all += lines(taken.events) }
    return all
  }

  private var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted() }

  @Test func smallBatchesAreMerged() {
    let spool = spool(memory: 1_000)
    for letter in ["a", "b", ""] { spool.append(events(letter)) }
    #expect(take(spool) == ["a", "b", ""])
  }

  @Test func topicsAreKept() {
    for memory in [0, 1_000] {
      let spool = spool(memory: memory)
      for topic in TrainerTopic.allCases { spool.append(events(topic.name, on: topic)) }
      var topics: [TrainerTopic] = []
      spool.finish()
      while let events = spool.take()?.events {
        var offset = 0
        while let entry = events.entry(at: offset) {
          topics.append(entry.topic)
          offset = entry.line.upperBound
        }
      }
      #expect(topics == TrainerTopic.allCases)
    }
  }

  @Test func whatMemoryDoesNotHoldGoesToAFileAndComesBackInOrder() {
    let spool = spool(memory: 100)
    for line in ["in memory", "in the file", "too"] { spool.append(events(line)) }
    #expect(spool.usage.phase == .file && files == ["events-0000000000000002"])
    #expect(take(spool) == ["in memory"])
    // As long as something is in the file, what comes goes behind it, though memory is free.
    spool.append(events("last"))
    #expect(take(spool) == ["in the file", "too", "last"])
    #expect(spool.usage == Spool.Usage(memoryBytes: 0, fileBytes: 0, phase: .memory))
    #expect(!files.isEmpty)
    // They are published when the next are asked for.
    #expect(rest(spool) == [] && files.isEmpty)
  }

  @Test func longFilesAreFollowedByOthersAndGoWhenTheyArePublished() {
    let spool = spool(memory: 0, file: 50)
    for number in 1...6 { spool.append(events("line \(number)")) }
    #expect(files.count == 3)
    #expect(take(spool) == ["line 1", "line 2"])
    #expect(take(spool) == ["line 3", "line 4"])
    #expect(files.count == 2)
    #expect(rest(spool) == ["line 5", "line 6"] && files.isEmpty)
  }

  @Test func withoutAFileTheReadingMustStopUntilThereIsRoom() {
    let news = Mutex<[Spool.News]>([])
    let spool = Spool(memoryBytes: 100, directory: "/proc/nowhere") { told in news.withLock { $0.append(told) } }
    spool.append(events("a"))
    #expect(!spool.isFull)
    spool.append(events("b", "c"))
    #expect(spool.isFull)
    #expect(take(spool) == ["a"])
    #expect(take(spool) == ["b", "c"])
    #expect(!spool.isFull && spool.usage.phase == .memory)
    let reason = "cannot make the spool file '/proc/nowhere/events-0000000000000002': No such file or directory"
    #expect(news.withLock { $0 } == [.entered(.full(reason: reason)), .entered(.memory)])
  }

  @Test func nextLifeReadsWhatWasLeftFirst() throws {
    let first = spool(memory: 0)
    first.append(events("a", "b"))
    first.append(events("c"))
    let second = spool(memory: 1_000)
    second.append(events("new"))
    let taken = try #require(second.take())
    #expect(lines(taken.events) == ["a", "b", "c"] && taken.isLeftover && taken.isEndOfLeftovers)
    #expect(rest(second) == ["new"] && files.isEmpty)
  }

  @Test(arguments: [(0, 1 << 20), (50, 1 << 20), (1_000, 1 << 20), (0, 30), (50, 30)])
  func stopKeepsEverythingFromTheFirstThatWasNotPublished(memory: Int, file: Int) throws {
    let first = spool(memory: memory, file: file)
    for number in 1...9 { first.append(events("line \(number)")) }
    let taken = try #require(first.take())
    let published = try #require(taken.events.entry(at: 0)).line.upperBound
    first.append(events("line 10"))
    first.giveBack(taken, from: taken.events.records.count > published ? published : 0)
    let begin = taken.events.records.count > published ? 2 : 1
    let kept = first.preserve()
    #expect(kept.bytes > 0 && kept.lostBytes == 0 && kept.reason == nil)
    #expect(rest(spool(memory: memory, file: file)) == (begin...10).map { "line \($0)" })
    #expect(files.isEmpty)
  }

  @Test func stopWithoutRoomOnTheDiskTellsWhatIsLost() {
    let spool = spool(memory: 1_000, directory: "/proc/nowhere")
    spool.append(events("line"))
    let reason = "cannot make the spool file '/proc/nowhere/events-0000000000000002': No such file or directory"
    #expect(spool.preserve() == Spool.Kept(bytes: 0, lostBytes: 20, reason: reason))
  }

  @Test(arguments: 1..<68)
  func tornEndIsPassedOverAndCounted(cut: Int) throws {
    spool(memory: 0).append(events("first line", "second line", "third"))
    let url = URL(filePath: directory + "/" + files[0])
    // 16 bytes of the file's own, 26 and 27 and 21 of records.
    let bytes = try Data(contentsOf: url)
    #expect(bytes.count == 90)
    try bytes.dropLast(cut).write(to: url)
    let lost = Mutex(0)
    let second = Spool(memoryBytes: 0, directory: directory) { news in
      if case .lost(let bytes, _) = news { lost.withLock { $0 += bytes } }
    }
    let left = 90 - cut
    let kept = left >= 69 ? 2 : left >= 42 ? 1 : 0
    #expect(rest(second) == Array(["first line", "second line", "third"].prefix(kept)))
    #expect(lost.withLock { $0 } == left - [16, 42, 69][kept])
    #expect(files.isEmpty)
  }

  @Test(arguments: [0, 9, 20, 24, 28, 31, 40, 50])
  func changedBytesAreNotTakenForEvents(offset: Int) throws {
    spool(memory: 0).append(events("first line", "second line", "third"))
    let url = URL(filePath: directory + "/" + files[0])
    var bytes = try Data(contentsOf: url)
    bytes[offset] ^= 0x55
    try bytes.write(to: url)
    let lines = rest(spool(memory: 0))
    #expect(lines == (offset < 42 ? [] : ["first line"]))
    #expect(files.isEmpty)
  }

  @Test func foreignFilesAreLeftAlone() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for name in ["events-x", "events-ffffffffffffffff", "notes"] { try Data("x".utf8).write(to: URL(filePath: directory + "/" + name)) }
    let spool = spool(memory: 0)
    spool.append(events("a"))
    #expect(rest(spool) == ["a"])
    #expect(files == ["events-ffffffffffffffff", "events-x", "notes"])
  }

  @Test(arguments: 1...20)
  func anyMixOfPlacesAndLivesKeepsTheOrder(seed: UInt64) {
    var random = Seeded(state: seed)
    var spool = spool(memory: Int.random(in: 0...2_000, using: &random), file: 500)
    var got: [String] = []
    for number in 0..<1_000 {
      spool.append(events("\(number)", String(repeating: "x", count: Int.random(in: 0...50, using: &random))))
      switch Int.random(in: 0..<40, using: &random) {
      case 0..<6: got += take(spool)
      case 6:
        if let taken = spool.take() {
          got += lines(taken.events).prefix(1)
          guard let first = taken.events.entry(at: 0) else { break }
          spool.giveBack(taken, from: first.line.upperBound)
        }
        #expect(spool.preserve().lostBytes == 0)
        spool = self.spool(memory: Int.random(in: 0...2_000, using: &random), file: 500)
      default: break
      }
    }
    got += rest(spool)
    #expect(got.filter { !$0.hasPrefix("x") && !$0.isEmpty } == (0..<1_000).map { "\($0)" })
    #expect(files.isEmpty)
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
