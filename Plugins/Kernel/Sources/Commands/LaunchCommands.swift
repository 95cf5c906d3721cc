// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The commands about what can be begun: `kernel.specs`, `kernel.interpreters`, `kernel.install`.
struct LaunchCommands: Sendable {
  struct Place: Decodable, Sendable {
    var document: String?
  }

  struct InstallInput: Decodable, Sendable {
    enum CodingKeys: String, CodingKey {
      case interpreter, overlay
      case dryRun = "dry_run"
    }

    var interpreter: String
    var overlay: Bool?
    var dryRun: Bool?
  }

  let local: LocalProvider
  /// That may have kernels too.
  let others: [any KernelProvider]

  var all: [Command] {
    [
      Command("kernel.specs") { (input: Place, _: Call) in try await specs(input) },
      Command("kernel.interpreters") { (input: Place, _: Call) in try await interpreters(input) },
      Command("kernel.install") { (input: InstallInput, call: Call) in try await install(input, call) },
    ]
  }

  // MARK: - Lists

  private func specs(_ input: Place) async throws -> JSONValue {
    let document = try Self.document(input)
    let catalog = SpecCatalog(local.surroundings)
    let (entries, unusable) = try await local.tools.work.run {
      (catalog.entries(near: document), catalog.found(near: document).compactMap(Self.unusable))
    }
    var specs = entries.map(Self.json)
    var unreachable: [JSONValue] = []
    for provider in others {
      do {
        specs += try await provider.specs().map(Self.json)
      } catch {
        unreachable.append(["provider": .string(provider.name), "reason": .string("\(error)")])
      }
    }
    return ["specs": .array(specs), "unusable": .array(unusable), "unreachable": .array(unreachable)]
  }

  private static func json(_ entry: KernelSpecEntry) -> JSONValue {
    [
      "name": .string(entry.name), "display_name": .string(entry.displayName), "language": .string(entry.language),
      "provider": .string(entry.provider), "source": .string(entry.source), "synthetic": .bool(entry.synthetic),
    ]
  }

  private static func unusable(_ found: SpecFinder.Found) -> JSONValue? {
    guard case .failure(let fault) = found.spec else { return nil }
    return ["name": .string(found.name), "source": .string(found.folder), "reason": .string(fault.reason)]
  }

  private func interpreters(_ input: Place) async throws -> JSONValue {
    let document = try Self.document(input)
    let finder = InterpreterFinder(local.surroundings)
    let (found, nearest) = try await local.tools.work.run { (finder.all(near: document), finder.nearest(to: document)) }
    let list = found.map { one in
      JSONValue.object([
        "executable": .string(one.executable), "prefix": .string(one.prefix), "kind": .string(one.kind.rawValue), "name": .string(one.name),
        "display_name": .string(one.displayName), "version": one.version.map { .string($0) } ?? .null,
        "ipykernel": one.ipykernel.map { .string($0) } ?? .null, "spec": .string(SyntheticSpec.name(of: one)),
        "nearest": .bool(one.prefix == nearest?.prefix),
      ])
    }
    return ["interpreters": .array(list)]
  }

  private static func document(_ input: Place) throws -> String? {
    guard let document = input.document else { return nil }
    guard document.hasPrefix("/"), !document.utf8.contains(0) else {
      throw PluginFailure("'document' must be a path from the root on; '\(document)' is none", status: .invalid)
    }
    return document
  }

  // MARK: - Installing

  private func install(_ input: InstallInput, _ call: Call) async throws -> JSONValue {
    let reader = InterpreterReader(surroundings: local.surroundings)
    let (interpreter, plan) = try await local.tools.work.run { [installer = local.installer] in
      let interpreter = try reader.resolve(input.interpreter)
      let isOverlay = input.overlay ?? false
      guard let plan = isOverlay ? installer.overlayPlan(on: interpreter) : InstallPlan.into(interpreter, local.surroundings) else {
        throw installer.missing(interpreter)
      }
      return (interpreter, plan)
    }
    if interpreter.ipykernel != nil || input.dryRun ?? false { return Self.answer(interpreter, plan, wasInstalled: false) }
    let done = try await streaming(to: call) { [installer = local.installer] listener in
      input.overlay ?? false
        ? try await installer.overlay(on: interpreter, listener) : try await installer.install(into: interpreter, listener)
    }
    return Self.answer(done, plan, wasInstalled: true)
  }

  /// Sends each line as a chunk and as the note of the progress.
  private func streaming(
    to call: Call, _ body: @escaping @Sendable (@escaping Installer.Listener) async throws -> Interpreter
  ) async throws -> Interpreter {
    let (lines, feed) = AsyncStream<String>.makeStream()
    return try await withThrowingTaskGroup(of: Interpreter?.self) { group in
      group.addTask {
        defer { feed.finish() }
        return try await body { feed.yield($0) }
      }
      group.addTask {
        for await line in lines {
          call.progress(0, line)
          try await call.emit(JSONValue.object(["line": .string(line)]))
        }
        return nil
      }
      var result: Interpreter?
      for try await one in group { result = one ?? result }
      guard let result else { throw CancellationError() }
      return result
    }
  }

  private static func answer(_ interpreter: Interpreter, _ plan: InstallPlan, wasInstalled: Bool) -> JSONValue {
    [
      "interpreter": .string(interpreter.executable), "command": .string(plan.text), "installed": .bool(wasInstalled),
      "ipykernel": interpreter.ipykernel.map { .string($0) } ?? .null,
    ]
  }
}
