// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import PluginSDK
internal import Processes

/// Kernels that are processes of this machine, without any Jupyter server.
final class LocalProvider: KernelProvider {
  let name = "local"
  let looksAfterKernels = true

  private static let registrationLimit: Duration = .seconds(10)
  private static let mostKills = 50

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
    let place = try place()
    if plan.registers, !(plan.usesSockets && place.hasRoomForSockets), let kernel = try await register(plan, place) { return kernel }
    return try await tools.work.run { [self] in try begin(plan, place) }
  }

  func restore(_ record: JSONValue) async throws -> (any KernelHandle)? {
    guard let record = LocalRecord(record) else { return nil }
    return try await tools.work.run { [self] in try adopt(record) }
  }

  // MARK: - Beginning

  func place() throws -> KernelPlace {
    let id = try KernelID.make()
    return KernelPlace(id: id, runtimeDirectory: JupyterPaths(surroundings).runtimeDirectory, outputDirectory: "\(state)/kernels/\(id)")
  }

  private func begin(_ plan: KernelPlan, _ place: KernelPlace) throws -> LocalKernel {
    do {
      try place.makeFolders()
      let connection = try place.connect(plan)
      return try LocalKernel(spawn(plan, place), connection: connection, tools: tools)
    } catch {
      place.remove()
      throw error
    }
  }

  /// Begins a kernel that chooses its own ports and tells them: nobody can take them in between.
  ///
  /// - Returns: Nil when it does not tell them, so that it can be begun the other way.
  func register(_ plan: KernelPlan, _ place: KernelPlace) async throws -> LocalKernel? {
    let registration = try await ConnectionRegistration.begin(kernel: place.id, within: Self.registrationLimit)
    defer { registration.close() }
    let record = try await tools.work.run { [self] in
      try place.makeFolders()
      try place.write(registration.file)
      return try spawn(plan, place)
    }
    // One that ends before it registers is not waited for.
    try tools.watcher.watch(record.process) { _ in registration.close() }
    do {
      var connection = try await registration.connection()
      connection.kernelName = plan.spec
      return try await tools.work.run { [tools, connection] in
        try place.write(connection.json)
        return try LocalKernel(record, connection: connection, tools: tools)
      }
    } catch {
      for _ in 0..<Self.mostKills where ProcessTree(record.process).signal(SIGKILL) > 0 {}
      place.remove()
      return nil
    }
  }

  private func spawn(_ plan: KernelPlan, _ place: KernelPlace) throws -> LocalRecord {
    let command = plan.command.map { SpecTemplate.fill($0, ["connection_file": place.connectionFile]) }
    var environment = plan.environment
    environment[LocalKernel.marker] = place.id
    let order = SpawnOrder(
      command, in: plan.workingDirectory, environment: environment, output: .file(place.output), errors: .file(place.errors))
    do throws(ProcessesError) {
      let pid = try Spawn.begin(order)
      // Nobody else reaps it, so it is there at least as a child that waits for that.
      let process = ProcessIdentity(pid) ?? ProcessIdentity(pid: pid, began: 0)
      return LocalRecord(process: process, place: place, plan: plan, command: command)
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
