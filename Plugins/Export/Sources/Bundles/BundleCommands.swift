// SPDX-License-Identifier: Apache-2.0

internal import Archive
internal import FoundationEssentials
internal import JSON
internal import PluginSDK

/// The commands about bundles: `export.bundle`, `inspect`, `verify` and `import`.
struct BundleCommands: Sendable {
  struct PathInput: Decodable, Sendable {
    var path: String
    var runs: [String]?
  }

  let context: PluginContext
  let background: Background
  /// Two imports of one bundle would find and remove each other's files.
  private let imports = OneAtATime()

  init(context: PluginContext, background: Background) {
    self.context = context
    self.background = background
  }

  var all: [Command] {
    [
      .bytes("export.bundle") { payload, call in Payload(bytes: try await write(payload.decode(), call).bytes()) },
      .bytes("export.inspect") { payload, call in
        let path = try FileSystem.target(payload.decode(PathInput.self).path)
        return Payload(bytes: try await background.run(for: call) { try BundleInspector.answer(BundleSource(path: path), $0) }.bytes())
      },
      .bytes("export.verify") { payload, call in
        let path = try FileSystem.target(payload.decode(PathInput.self).path)
        let scratch = FileSystem.temporaryName(beside: try context.directory(.state) + "/export-verify")
        let answer = try await background.run(for: call) { work in
          try BundleVerifier(source: BundleSource(path: path), work: work, scratch: scratch).answer()
        }
        return Payload(bytes: answer.bytes())
      },
      .bytes("export.import") { payload, call in
        let input = try payload.decode(PathInput.self)
        return Payload(bytes: try await imports.run { try await receive(input, call) }.bytes())
      },
    ]
  }
}

// MARK: - Out

extension BundleCommands {
  private func write(_ request: BundleRequest, _ call: Call) async throws -> JSONValue {
    let target = try FileSystem.target(request.path)
    if request.format == .onthefly, ArchiveFormat(path: target) != nil {
      throw PluginFailure(
        "cannot write '\(target)': the earlier dashboard reads directories only; name one, or leave 'format' out", code: "bad_format",
        status: .invalid)
    }
    guard FileSystem.kind(of: target) == .nothing else { throw FileSystem.exists(target) }
    let trainers = request.askTrainers ?? true ? try await LiveTrainers(context: context).ask(runs: request.runs) : []
    let staging = FileSystem.temporaryName(beside: target)
    try await background.run(for: call) { _ in
      try FileSystem.makeDirectory(staging)
      try FileSystem.makeDirectory(staging + "/content")
    }
    do {
      let answer = try await write(request, target, staging, trainers, call)
      await clear(staging)
      return answer
    } catch {
      await clear(staging)
      throw error
    }
  }

  private func write(
    _ request: BundleRequest, _ target: String, _ staging: String, _ trainers: [JSONValue], _ call: Call
  ) async throws -> JSONValue {
    let copy = try await copyRuns(request.runs, request.format ?? .jackfield, to: staging + "/content/runs.sqlite")
    let outcome = try await background.run(for: call) { work in
      try BundleWriter(request, target: target, staging: staging, copy: copy, work: work).write()
    }
    let format = request.format ?? .jackfield
    var answer: JSONValue = [
      "path": .string(target), "format": .string(format.rawValue), "key": .string(outcome.key),
      "files": .integer(Int64(outcome.files)), "bytes": .integer(outcome.bytes), "runs": .array(copy.runs.map { .string($0.name) }),
      "missing": .array(outcome.missing.map(Self.shown)), "trainers": .array(trainers),
    ]
    if let note = await record(outcome, target, format, copy.runs.map(\.name)) { answer["note"] = .string(note) }
    return answer
  }

  private static func shown(_ missing: BundleWriter.Missing) -> JSONValue {
    [
      "run": .string(missing.checkpoint.run), "step": .integer(missing.checkpoint.step), "path": .string(missing.checkpoint.path),
      "reason": .string(missing.reason),
    ]
  }

  /// Has the store write the rows of some runs into a new file.
  func copyRuns(_ runs: [String]?, _ format: BundleFormat, to path: String) async throws -> CopiedRuns {
    var input: JSONValue = ["path": .string(path)]
    if let runs { input["runs"] = .array(runs.map { .string($0) }) }
    if format == .onthefly { input["format"] = .string(format.rawValue) }
    return try await context.call("store.copy_runs", bytes: input.bytes()).decode()
  }

  /// The bundle is written whatever comes of this; what goes wrong is told.
  private func record(_ outcome: BundleWriter.Outcome, _ target: String, _ format: BundleFormat, _ runs: [String]) async -> String? {
    let input: JSONValue = [
      "key": .string("export:" + outcome.key), "direction": "export", "path": .string(target), "format": .string(format.rawValue),
      "runs": .array(runs.map { .string($0) }), "ts": .number(Date().timeIntervalSince1970),
    ]
    do {
      _ = try await context.call("store.record_bundle", bytes: input.bytes())
      return nil
    } catch {
      return "the bundle is complete; the store did not note it: \(error)"
    }
  }

  /// Removes what was begun.
  func clear(_ staging: String) async {
    // Also when the plugin stops, and then here: nothing half-made may stay.
    do { try await background.run(for: nil) { _ in FileSystem.remove(staging) } } catch { FileSystem.remove(staging) }
  }
}

// MARK: - In

extension BundleCommands {
  private func receive(_ input: PathInput, _ call: Call) async throws -> JSONValue {
    let path = try FileSystem.target(input.path)
    let bundles = try context.directory(.data) + "/bundles"
    let received = try await background.run(for: call) { work in
      try BundleReceiver(source: BundleSource(path: path), bundles: bundles, work: work).receive()
    }
    do {
      let answer = try await importRuns(received, input.runs, from: path)
      // Where all of it was known before and nothing needed repair, no row leads here: the store's own files are the ones in use.
      let isUsed =
        (answer["runs"]?.arrayValue ?? []).contains { $0["action"] != "known" } || answer["repaired"]?.arrayValue?.isEmpty == false
      if !isUsed, !received.isShared { await clear(received.place) }
      return Self.shown(answer, received, isKept: isUsed || received.isShared)
    } catch {
      if !received.isShared { await clear(received.place) }
      throw error
    }
  }

  private func importRuns(_ received: BundleReceiver.Received, _ runs: [String]?, from path: String) async throws -> JSONValue {
    let manifest = received.manifest
    var files: [String: JSONValue] = [:]
    var hashes: [String: JSONValue] = [:]
    let listed = Dictionary(manifest.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    for (id, file) in manifest.checkpoints where !received.missing.contains(file) {
      files[id] = .string("\(received.place)/\(file)")
      if let hash = listed[file]?.sha256 { hashes[id] = .string(hash) }
    }
    var input: JSONValue = [
      "path": .string("\(received.place)/\(manifest.database)"), "checkpoints": .object(files), "hashes": .object(hashes),
      "absent_parents": .object(manifest.absentParents.mapValues { .array($0.map { .string($0) }) }),
      "bundle": [
        "key": .string("import:" + received.key), "path": .string(path), "format": .string(manifest.format.rawValue),
        "manifest": Self.summary(of: manifest),
      ],
    ]
    if let runs { input["runs"] = .array(runs.map { .string($0) }) }
    return try JSONValue(parsing: await context.call("store.import_runs", bytes: input.bytes()).bytes)
  }

  /// What the store keeps of a manifest: not the list of files, which lies beside them.
  private static func summary(of manifest: BundleManifest) -> JSONValue {
    var summary: JSONValue = ["files": .integer(Int64(manifest.files.count))]
    for member in ["version", "tool", "created", "schema", "schema_version"] {
      if let value = manifest.json[member] { summary[member] = value }
    }
    return summary
  }

  private static func shown(_ answer: JSONValue, _ received: BundleReceiver.Received, isKept: Bool) -> JSONValue {
    var shown: JSONValue = [
      "format": .string(received.manifest.format.rawValue), "key": .string(received.key), "recognised": .bool(received.wasThere),
      "runs": answer["runs"] ?? [], "repaired": answer["repaired"] ?? [],
      "mended": .array(received.mended.map { .string($0) }), "missing": .array(received.missing.map { .string($0) }),
    ]
    if isKept { shown["place"] = .string(received.place) }
    return shown
  }
}
