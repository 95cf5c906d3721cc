// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// What was recorded of runs before, asked of another plugin.
protocol RunLedger: Sendable {
  /// - Returns: Nil when nobody keeps records, an empty object for a run that is not recorded.
  func ask(_ command: String, _ input: JSONValue) async throws -> JSONValue?
}

/// Asks the store through the host.
struct StoreLedger: RunLedger {
  let context: PluginContext

  private static let limit = Duration.seconds(15)

  func ask(_ command: String, _ input: JSONValue) async throws -> JSONValue? {
    do {
      let answer = try await context.call(command, bytes: input.bytes(), timeout: Self.limit)
      return try JSONValue(parsing: answer.bytes)
    } catch let failure as PluginFailure {
      if Self.meansUnknownRun(failure) { return [:] }
      guard Self.meansAbsent(failure) else { throw failure }
      return nil
    }
  }

  private static func meansUnknownRun(_ failure: PluginFailure) -> Bool { failure.status == .notFound && failure.code == "run_not_found" }

  /// Without a code of its own it is the host that says so: the store is not there, or not yet, or not any more.
  private static func meansAbsent(_ failure: PluginFailure) -> Bool {
    switch failure.status {
    case .notFound, .unsupported, .gone, .stopping: true
    default: false
    }
  }
}

extension RunLedger {
  /// The newest checkpoint of a run whose file, or a kept copy of it, is there.
  ///
  /// - Returns: `isKept` false when nobody keeps records.
  func newestCheckpoint(of run: String) async throws -> (isKept: Bool, checkpoint: UsableCheckpoint?) {
    guard let answer = try await ask("runs.checkpoints", ["run": .string(run), "limit": 100]) else { return (false, nil) }
    for entry in answer["checkpoints"]?.arrayValue ?? [] {
      if let path = entry["usable_path"]?.stringValue { return (true, UsableCheckpoint(path: path, step: entry["step"]?.intValue)) }
    }
    return (true, nil)
  }

  /// How far the numbers of names have come, by prefix, and which of some names are taken.
  ///
  /// - Returns: Nil when nobody keeps records.
  func names(_ names: [String] = []) async throws -> (counters: [String: Int], taken: Set<String>)? {
    let input: JSONValue = ["prefixes": ["fork", "merge"], "names": .array(names.map { .string($0) })]
    guard let answer = try await ask("runs.names", input) else { return nil }
    return (
      answer["counters"]?.objectValue?.compactMapValues(\.intValue) ?? [:],
      Set((answer["taken"]?.arrayValue ?? []).compactMap(\.stringValue))
    )
  }
}
