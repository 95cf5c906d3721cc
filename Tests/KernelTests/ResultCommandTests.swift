// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import Testing

@testable import Kernel

@Suite struct ResultCommandTests {
  private func prepared() async throws -> (ResultHarness, ResultCommands) {
    let results = try ResultHarness()
    results.run("a", lines: 1...1, source: "a = 1")
    results.run("b", lines: 2...3, source: "b = (\n  2)")
    results.run("c", lines: 1...1, document: "/c.py")
    return (results, ResultCommands(service: results.service))
  }

  @Test func theNamesAreThoseOfTheManifest() async throws {
    let (_, commands) = try await prepared()
    #expect(
      commands.all.map(\.name) == [
        "results.list", "results.get", "results.edit", "results.sync", "results.rename", "results.clear", "results.pin", "results.export",
      ])
  }

  @Test func clearingSaysWhat() async throws {
    let (results, commands) = try await prepared()
    let error = await #expect(throws: PluginFailure.self) { try await commands.clear(.init()) }
    #expect(error?.message == "cannot clear results: name one of 'id', 'document' and 'kernel', or say 'all': true")
    #expect(try await commands.pin(.init(id: "a")) == ["id": "a", "pinned": true])
    #expect(try await commands.clear(.init(document: "/a.py")) == ["cleared": 1])
    #expect(try await results.anchors() == ["a 1-1"])
    #expect(try await commands.clear(.init(id: "a")) == ["cleared": 1])
    #expect(try await results.anchors("/c.py") == ["c 1-1"])
    #expect(try await commands.clear(.init(all: true, pinned: true)) == ["cleared": 1])
  }

  @Test func anEditWithItsTextDecidesByContent() async throws {
    let (results, commands) = try await prepared()
    defer { withExtendedLifetime(results) {} }
    let answer = try await commands.edit(
      .init(document: "/a.py", changes: [LineEdit(firstLine: 1, lastLine: 1, lines: 2)], text: "# one\na = 1\nb = (\n  2)\n"))
    let rows = answer["results"]?.arrayValue ?? []
    #expect(rows.map { $0["first_line"] } == [2, 3])
    #expect(rows.map { $0["freshness"] } == ["fresh", "fresh"])
  }

  @Test func aFileIsReadWhenNoTextIsGiven() async throws {
    let (results, commands) = try await prepared()
    let path = results.directory + "/now.py"
    try "\n\na = 1\n".write(toFile: path, atomically: true, encoding: .utf8)
    _ = try await commands.sync(.init(document: "/a.py", path: path))
    #expect(try await results.anchors() == ["b 2-3 orphaned", "a 3-3"])
    let error = await #expect(throws: PluginFailure.self) { try await commands.sync(.init(document: "/nowhere/x.py")) }
    #expect(error?.message == "cannot read '/nowhere/x.py': No such file or directory")
  }

  @Test func whatIsNotThereIsSaidToBeNotThere() async throws {
    let (results, commands) = try await prepared()
    let error = await #expect(throws: PluginFailure.self) { try await commands.pin(.init(id: "x")) }
    #expect(error?.message == "cannot find the result 'x': it was never kept, or replaced, cleared, or over a limit")
    let line = await #expect(throws: PluginFailure.self) { try await results.ask("get", ["document": "/a.py", "line": 9]) }
    #expect(line?.message == "cannot give a result: '/a.py' has none at line 9")
    let output = await #expect(throws: PluginFailure.self) { try await results.ask("get", ["id": "a", "output": 5]) }
    #expect(output?.message == "cannot give output 5 of the result 'a': it has no such output")
    #expect(try await results.ask("get", ["document": "/a.py", "line": 3])["id"] == "b")
  }

  /// A run whose result was cleared goes on; its output is nobody's.
  @Test func aClearedRunLeavesNothing() async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    for number in 0..<20_000 { results.print(run, "line \(number)\n") }
    #expect(try await ResultCommands(service: results.service).clear(.init(id: "r")) == ["cleared": 1])
    for number in 0..<20_000 { results.print(run, "line \(number)\n") }
    results.ended(run)
    #expect(try await results.anchors() == [])
    #expect(DiskFiles.names(in: results.directory + "/live").isEmpty)
  }

  @Test func changesAreTold() async throws {
    let results = try ResultHarness()
    results.run("a")
    _ = try await results.anchors()
    results.run("b")
    _ = try await results.anchors()
    let told = results.notices.read { $0.map { "\($0["id"]?.stringValue ?? "") \($0["change"]?.stringValue ?? "")" } }
    #expect(told.first == "a added")
    #expect(told.contains("a removed"))
    #expect(told.contains("b added"))
  }

  /// More than memory may hold goes through the file, in order, and jobs keep their place.
  @Test func theBacklogKeepsTheOrder() throws {
    let path = FileManager.default.temporaryDirectory.path + "/jackfield-backlog-\(UInt64.random(in: 0 ... .max))"
    defer { DiskFiles.remove(path) }
    let queue = RecorderQueue(path: path, limit: 10_000)
    for number in 0..<5_000 {
      queue.offer(
        .happened(
          RunEvent(sequence: number, time: 0.5, type: "stream", content: Array(repeating: 7, count: 300), buffers: [[1], []]), run: "r"))
      if number == 2_000 { #expect(queue.offer { _ in }) }
      if number % 1_000 == 0 { queue.offer(.ended("e\(number)", RunEnding(status: .ok, timings: RunTimings(queued: 1)))) }
    }
    #expect(queue.depth.disk > 1_000_000)
    #expect(queue.depth.memory < 400_000)
    queue.close()
    var seen: [Int] = []
    var ends: [String] = []
    var jobAfter: Int?
    reading: while true {
      switch queue.take(until: nil) {
      case .entries(let entries):
        for entry in entries {
          switch entry {
          case .happened(let event, let run):
            #expect(run == "r" && event.content.count == 300 && event.buffers == [[1], []] && event.time == 0.5)
            seen.append(event.sequence)
          case .ended(let run, _): ends.append(run)
          case .began: break
          }
        }
      case .job: jobAfter = seen.count
      case .idle: break
      case .closed: break reading
      }
    }
    #expect(seen == Array(0..<5_000))
    #expect(ends == ["e0", "e1000", "e2000", "e3000", "e4000"])
    let after = try #require(jobAfter)
    #expect(after >= 2_001 && after < 5_000)
    #expect(!queue.offer { _ in })
    #expect(queue.depth == (0, 0))
  }
}
