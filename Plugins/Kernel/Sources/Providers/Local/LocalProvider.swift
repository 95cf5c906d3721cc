// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import PluginSDK
internal import Processes

/// Kernels that are processes of this machine, without any Jupyter server.
final class LocalProvider: KernelProvider {
  let name = "local"

  let surroundings: Surroundings
  let tools: LocalTools
  /// Of what belongs to running kernels.
  private let state: String
  let installer: Installer

  /// Begins nothing; the first kernel begins a thread.
  ///
  /// - Parameters:
  ///   - surroundings: Whose kernelspecs, interpreters and variables.
  ///   - state: A folder of ours, for the output of kernels.
  ///   - data: A folder of ours, for environments on top of others.
  ///   - open: Opens conversations.
  init(surroundings: Surroundings = .current, state: String, data: String, open: @escaping OpenLink) throws {
    self.surroundings = surroundings
    self.state = state
    tools = LocalTools(watcher: try ProcessWatcher(), work: BlockingWork(), open: open)
    installer = Installer(surroundings: surroundings, data: data, tools: tools)
  }

  /// Ends the threads. The kernels live on.
  func stop() {
    tools.watcher.stop()
    tools.work.stop()
  }

  func specs() async throws -> [KernelSpecEntry] {
    try await tools.work.run { [surroundings] in SpecCatalog(surroundings).entries(near: nil) }
  }

  func prepare(_ order: KernelOrder) async throws -> KernelPlan {
    let planner = LocalPlanner(surroundings)
    var choice = try await tools.work.run { try planner.choose(order) }
    if case .needsPackage(let interpreter) = choice {
      if order.overlay {
        choice = .interpreter(try await installer.overlay(on: interpreter), enters: interpreter)
      } else if order.install {
        choice = .interpreter(try await installer.install(into: interpreter), enters: interpreter)
      } else {
        throw installer.missing(interpreter)
      }
    }
    return try await tools.work.run { [choice] in try planner.plan(order, choice) }
  }

  func launch(_ plan: KernelPlan) async throws -> any KernelHandle {
    try await tools.work.run { [self] in try begin(plan) }
  }

  func restore(_ record: JSONValue) async throws -> (any KernelHandle)? {
    guard let record = LocalRecord(record) else { return nil }
    return try await tools.work.run { [self] in try adopt(record) }
  }

  // MARK: - Beginning

  private func begin(_ plan: KernelPlan) throws -> LocalKernel {
    let id = try KernelID.make()
    let place = KernelPlace(
      id: id, runtimeDirectory: JupyterPaths(surroundings).runtimeDirectory, outputDirectory: "\(state)/kernels/\(id)")
    do {
      try place.makeFolders()
      let connection = try place.connect(plan)
      let command = plan.command.map { SpecTemplate.fill($0, ["connection_file": place.connectionFile]) }
      let process = try spawn(plan, command, place)
      let record = LocalRecord(process: process, place: place, plan: plan, command: command)
      return try LocalKernel(record, connection: connection, tools: tools)
    } catch {
      place.remove()
      throw error
    }
  }

  private func spawn(_ plan: KernelPlan, _ command: [String], _ place: KernelPlace) throws -> ProcessIdentity {
    var environment = plan.environment
    environment[LocalKernel.marker] = place.id
    let order = SpawnOrder(
      command, in: plan.workingDirectory, environment: environment, output: .file(place.output), errors: .file(place.errors))
    do throws(ProcessesError) {
      let pid = try Spawn.begin(order)
      // Nobody else reaps it, so it is there at least as a child that waits for that.
      return ProcessIdentity(pid) ?? ProcessIdentity(pid: pid, began: 0)
    } catch {
      throw PluginFailure(
        "cannot start kernel '\(plan.spec)' with '\(command[0])' in '\(plan.workingDirectory)': \(error.reason); "
          + "see the kernelspec, or choose another interpreter", code: "start_failed", status: .invalid)
    }
  }

  // MARK: - Finding again

  private func adopt(_ record: LocalRecord) throws -> LocalKernel? {
    guard record.process.isAlive else {
      record.place.remove()
      return nil
    }
    guard let bytes = try? LocalFiles.bytes(record.place.connectionFile, most: ConnectionInfo.mostBytes) else {
      throw PluginFailure(
        "cannot talk to the kernel that runs as process \(record.process.pid): its connection file '\(record.place.connectionFile)' is "
          + "gone; end the process, or put the file back", code: "connection_file_gone", status: .notFound)
    }
    return try LocalKernel(record, connection: ConnectionInfo(parsing: bytes), tools: tools)
  }
}
