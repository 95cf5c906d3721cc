// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import Testing

@testable import Kernel

/// Kernels on the real launcher, in a folder of their own: "python" is the real one, "null" the one of Tests/Fixtures.
final class KernelBench: Sendable {
  let folder: String
  let kernels: Kernels
  let local: LocalProvider
  let links: KernelLinks
  let runs: RunTable
  let recorder = EventRecorder()

  init(_ settings: String = "{}", flags: [String] = [], folder: String? = nil) throws {
    let place = folder ?? "/tmp/jfk-\(UUID().uuidString.prefix(8))"
    self.folder = place
    try FileManager.default.createDirectory(atPath: "\(place)/runs", withIntermediateDirectories: true)
    let python = TestPlaces.root.appending(path: "build/venv/bin/python").path()
    try Self.spec("null", [try NullKernel.program.get(), "{connection_file}"] + flags, in: place)
    try Self.spec("python", [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"], in: place)
    var environment = ProcessInfo.processInfo.environment
    environment.merge(["JUPYTER_PATH": place, "JUPYTER_RUNTIME_DIR": "\(place)/run", "HOME": place, "IPYTHONDIR": place]) { $1 }
    let links = try KernelLinks()
    self.links = links
    let surroundings = Surroundings(environment: environment)
    local = try LocalProvider(surroundings: surroundings, state: place, data: place) {
      connection, session, attached, sink in
      try await links.open(LinkTerms(connection: connection, session: session, isAttached: attached), to: sink)
    }
    runs = RunTable(folder: "\(place)/runs")
    let recorder = recorder
    let services = KernelServices(
      settings: try JSONDecoder().decode(KernelSettings.self, from: Data(settings.utf8)), recorder: recorder, news: { recorder.take($0) },
      interrupts: InterruptMemory(), executor: globalConcurrentExecutor,
      info: { _, _ in }, warning: { recorder.warn($0, $1) })
    kernels = Kernels(
      services: services, providers: [local, AttachProvider(surroundings: surroundings, tools: local.tools)],
      journal: KernelJournal(path: "\(place)/kernels.json"))
  }

  private static func spec(_ name: String, _ command: [String], in place: String) throws {
    let folder = "\(place)/kernels/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let language = name == "null" ? "none" : name
    let spec = JSONValue.object(["argv": .array(command.map { .string($0) }), "display_name": .string(name), "language": .string(language)])
    try Data(spec.bytes()).write(to: URL(filePath: "\(folder)/kernel.json"))
  }

  func start(_ spec: String = "null", policy: KernelPolicy? = nil) async throws -> Kernel {
    try await kernels.start(KernelOrder(spec: spec, workingDirectory: folder), policy: policy)
  }

  /// What was warned of, as "text key=value …".
  var warnings: [String] { recorder.warnings }

  /// Queues code, and tells its log.
  func queue(_ code: String, on kernel: Kernel, client: String = "test", batch: String = UUID().uuidString) async throws -> QueuedRun {
    let description = RunDescription(
      id: UUID().uuidString.lowercased(), kernel: kernel.id, code: code, source: code, client: client, queued: Date().timeIntervalSince1970)
    let run = QueuedRun(description: description, log: runs.log(for: description), batch: batch)
    try await kernel.run([run])
    return run
  }

  /// Runs code to its end.
  func run(_ code: String, on kernel: Kernel) async throws -> (events: [JSONValue], ending: RunEnding) {
    try await end(of: try await queue(code, on: kernel))
  }

  func end(of run: QueuedRun) async throws -> (events: [JSONValue], ending: RunEnding) {
    var events: [JSONValue] = []
    _ = try await run.log.follow(from: 0, offer: { _ in false }, emit: { events.append(try JSONValue(parsing: $0)) })
    return (events, try #require(run.log.ending))
  }

  /// Lets the kernels be, as a host does that stops; `end` still has to come.
  func stop() async {
    await kernels.leave()
    await links.stop()
    local.stop()
  }

  /// Ends everything.
  func end() async {
    for kernel in await kernels.inOrder { try? await kernel.shutDown() }
    await kernels.leave()
    await links.stop()
    local.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Runs a test with kernels of its own, and ends them however it ends.
  static func with(_ settings: String = "{}", flags: [String] = [], _ body: (KernelBench) async throws -> Void) async throws {
    let bench = try KernelBench(settings, flags: flags)
    do { try await body(bench) } catch {
      await bench.end()
      throw error
    }
    await bench.end()
  }
}
