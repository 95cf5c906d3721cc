// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite
internal import Synchronization

/// The commands that take runs out of the store and into it.
struct TransferCommands: Sendable {
  /// The store's file.
  let path: String
  let files: CheckpointFiles
  /// The way to the writer.
  let queue: EventQueue
  /// For saying which runs are new or changed.
  let context: PluginContext
  /// Says when there is nothing yet to copy or to merge into.
  let upgrade: Upgrade

  /// In the order of plugin.json.
  var all: [Command] {
    [
      .bytes("store.copy_runs") { payload, _ in try await copy(payload.decode()) },
      .bytes("store.import_runs") { payload, _ in try await importRuns(payload.decode()) },
      .bytes("store.record_bundle") { payload, _ in
        try upgrade.requireDone()
        let input = try payload.decode(BundleRecord.Input.self)
        return Payload(bytes: try await WriteJob.run(on: queue) { try BundleRecord.answer(input, $0) }.bytes())
      },
    ]
  }

  /// On a thread of the plugin's own, with a connection of its own: neither the writer nor a reader waits for it.
  private func copy(_ input: RunCopy.Input) async throws -> Payload {
    try upgrade.requireDone()
    let breaking = Mutex<(isCancelled: Bool, interrupter: Interrupter?)>((false, nil))
    let answer = try await withTaskCancellationHandler {
      try RunCopy.make(input, live: path, files: files) { interrupter in
        let isCancelled = breaking.withLock { state in
          state.interrupter = interrupter
          return state.isCancelled
        }
        if isCancelled { interrupter.interrupt() }
      }
    } onCancel: {
      breaking.withLock { state in
        state.isCancelled = true
        return state.interrupter
      }?.interrupt()
    }
    try Task.checkCancellation()
    return Payload(bytes: answer.bytes())
  }

  private func importRuns(_ input: RunImport.Input) async throws -> Payload {
    try upgrade.requireDone()
    try TransferFiles.requireAbsolute(input.path)
    if let odd = input.checkpoints?.values.first(where: { !$0.hasPrefix("/") }) { try TransferFiles.requireAbsolute(odd) }
    // Judged and converted here; only the merge itself keeps the writer.
    let guest = try GuestDatabase(path: input.path, format: input.bundle.format)
    let guestPath = guest.path
    let answer = try await WriteJob.run(.alone, on: queue) { [files] in
      try RunImport.carryOut(input, guest: guestPath, files: files, on: $0)
    }
    withExtendedLifetime(guest) {}
    announce(answer)
    return Payload(bytes: answer.bytes())
  }

  private func announce(_ answer: JSONValue) {
    let fresh = (answer["runs"]?.arrayValue ?? []).filter { $0["action"] != "known" }.compactMap { $0["as"] }
    let repaired = Set((answer["repaired"]?.arrayValue ?? []).compactMap { $0["run"]?.stringValue }).sorted()
    guard !fresh.isEmpty || !repaired.isEmpty else { return }
    let event: JSONValue = ["runs": .array(fresh + repaired.map { .string($0) })]
    // Whoever has no room now looks at the list again when the next run changes.
    _ = try? context.topic("runs.changed").tryPublish(bytes: event.bytes())
  }
}
