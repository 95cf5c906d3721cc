// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Trainer

@Suite final class SpoolTests {
  private let directory = "/tmp/jackfield-spool-\(UInt64.random(in: 0 ... .max))"
  private var file: String { directory + "/events.spool" }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func add(_ texts: [String], to spool: Spool) {
    for text in texts { spool.add(Array(text.utf8).span, for: .log) }
  }

  private func takeAll(_ spool: Spool) -> [String] {
    spool.close()
    var texts: [String] = []
    while let batch = spool.take() {
      for index in 0..<batch.count { texts.append(String(decoding: batch.bytes[batch.range(of: index)], as: UTF8.self)) }
    }
    return texts
  }

  @Test func orderIsKeptThroughMemoryAndFile() throws {
    let spool = Spool(directory: directory, limit: 100)
    let texts = (0..<1_000).map { "line \($0)" }
    add(texts, to: spool)
    #expect(spool.depth.memoryBytes <= 100)
    #expect(spool.depth.fileBytes > 0)
    #expect(takeAll(spool) == texts)
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test func everythingGoesBehindTheFileWhileThereIsOne() {
    let spool = Spool(directory: directory, limit: 10)
    add(["0123456789", "to the file"], to: spool)
    _ = spool.take()
    add(["x"], to: spool)
    #expect(takeAll(spool) == ["to the file", "x"])
  }

  @Test func aLineLargerThanTheReadBufferComesBackWhole() {
    let spool = Spool(directory: directory, limit: 0)
    let huge = String(repeating: "x", count: 9 << 20)
    add(["before", huge, "after"], to: spool)
    #expect(takeAll(spool) == ["before", huge, "after"])
  }

  @Test func whatIsPreservedComesFirstAtTheNextStart() throws {
    let first = Spool(directory: directory, limit: 10)
    add(["taken", "left", "in file"], to: first)
    let batch = try #require(first.take())
    try first.preserve(batch, from: 1)
    let second = Spool(directory: directory, limit: 1_000)
    add(["new"], to: second)
    #expect(takeAll(second) == ["left", "in file", "new"])
  }

  @Test func aTornRecordAtTheEndIsLeftOut() throws {
    let first = Spool(directory: directory, limit: 0)
    add(["whole", "torn"], to: first)
    let bytes = try Data(contentsOf: URL(filePath: file))
    try bytes.dropLast(2).write(to: URL(filePath: file))
    #expect(takeAll(Spool(directory: directory, limit: 0)) == ["whole"])
  }

  @Test func aFileThatCannotBeWrittenLosesNothing() throws {
    let spool = Spool(directory: "/proc/no-such-place", limit: 4)
    add(["aaaa", "bbbb"], to: spool)
    #expect(spool.trouble != nil)
    #expect(takeAll(spool) == ["aaaa", "bbbb"])
  }
}
