// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import Synchronization
import Testing

@testable import Kernel

/// Results in a directory of their own, and what was told of them.
final class ResultHarness: Sendable {
  let directory: String
  let service: ResultService
  let notices = Monitor<[JSONValue]>([])
  let troubles = Monitor<[String?]>([])
  private let keepsDirectory: Bool
  /// Whose directory it is, which goes with it.
  private let previous: ResultHarness?

  init(at directory: String? = nil, limits: ResultLimits = ResultLimits(), after previous: ResultHarness? = nil) throws {
    self.previous = previous
    self.directory = directory ?? "\(FileManager.default.temporaryDirectory.path)/jackfield-results-\(UInt64.random(in: 0 ... .max))"
    keepsDirectory = directory != nil
    let (notices, troubles) = (notices, troubles)
    service = ResultService(
      directory: self.directory, limits: limits, changed: { notice in notices.change { $0.append(notice) } },
      trouble: { sentence in troubles.change { $0.append(sentence) } })
    try service.start()
  }

  deinit {
    service.stop()
    if !keepsDirectory { try? FileManager.default.removeItem(atPath: directory) }
  }

  /// Waits for what is told of the disk, on a thread that may block.
  func trouble(_ wanted: @escaping @Sendable ([String?]) -> String??) async -> String?? {
    await withCheckedContinuation { waiter in
      let troubles = troubles
      OwnedThread.start(name: "t-trouble") {
        waiter.resume(returning: troubles.wait(until: MonotonicClock.after(.seconds(60))) { wanted($0) })
      }?
      .detach()
    }
  }

  /// Ends it and begins again on the same directory.
  func restarted(limits: ResultLimits = ResultLimits()) throws -> ResultHarness {
    service.stop()
    return try ResultHarness(at: directory, limits: limits, after: self)
  }

  func ask(_ command: String, _ input: JSONValue) async throws -> JSONValue {
    let payload = try #require(String(decoding: input.bytes(), as: UTF8.self).data(using: .utf8))
    switch command {
    case "list":
      return try await service.perform { [request = try Self.decode(payload) as ResultRequest] in try $0.read { try $0.list(request) } }
    default:
      return try await service.perform { [request = try Self.decode(payload) as ResultRequest] in try $0.read { try $0.get(request) } }
    }
  }

  private static func decode<Value: Decodable>(_ data: Data) throws -> Value { try JSONDecoder().decode(Value.self, from: data) }

  /// The outputs of a run.
  func outputs(_ id: String, view: String = "head_tail") async throws -> [JSONValue] {
    try await ask("get", ["id": .string(id), "view": .string(view)])["outputs"]?.arrayValue ?? []
  }

  /// Ids and lines of a document's results, in order.
  func anchors(_ document: String = "/a.py") async throws -> [String] {
    let rows = try await ask("list", ["document": .string(document)])["results"]?.arrayValue ?? []
    return rows.map { row in
      let stale = row["stale"] == true ? " stale" : ""
      let fresh = row["freshness"]?.stringValue ?? ""
      return "\(row["id"]?.stringValue ?? "") \(row["first_line"]?.intValue ?? 0)-\(row["last_line"]?.intValue ?? 0)"
        + (fresh == "fresh" ? "" : " \(fresh)") + stale
    }
  }

  @discardableResult
  func began(
    _ id: String, lines: ClosedRange<Int>? = 1...1, source: String = "x", document: String? = "/a.py", kernel: String = "k"
  ) -> RunDescription {
    let run = RunDescription(
      id: id, kernel: kernel, document: document, lines: lines, code: source, source: source, client: "test", queued: 1_000)
    service.began(run)
    return run
  }

  func happened(_ run: RunDescription, _ type: String, _ content: JSONValue, buffers: [[UInt8]] = []) {
    service.happened(RunEvent(sequence: 0, time: 1_001, type: type, content: content.bytes(), buffers: buffers), in: run)
  }

  func print(_ run: RunDescription, _ text: String, to name: String = "stdout") {
    happened(run, "stream", ["name": .string(name), "text": .string(text)])
  }

  func ended(_ run: RunDescription, _ status: RunEnding.Status = .ok, sent: Bool = true) {
    service.ended(
      run,
      with: RunEnding(
        status: status, executionCount: 3, timings: RunTimings(queued: 1_000, sent: sent ? 1_001 : nil, idle: sent ? 1_002 : nil)))
  }

  /// A whole run.
  @discardableResult
  func run(
    _ id: String, lines: ClosedRange<Int>? = 1...1, source: String = "x", document: String? = "/a.py", printing text: String = "out\n"
  ) -> RunDescription {
    let run = began(id, lines: lines, source: source, document: document)
    happened(run, "started", [:])
    print(run, text)
    ended(run)
    return run
  }
}
