// SPDX-License-Identifier: Apache-2.0
// Runs that are begun here, and the end of any.

internal import Glibc
internal import PluginSDK
internal import Processes

extension RunRegistry {
  /// Begins a process in a session of its own; its output goes to files, and it lives on when the host ends.
  func begin(_ order: RunOrder) async throws -> Run {
    try order.check("run.start")
    guard let place = order.cwd ?? order.workspace else {
      throw RunOrder.invalid("run.start", "give the directory to run in as 'cwd'")
    }
    guard SmallFile.isDirectory(place) else {
      throw RunOrder.invalid("run.start", "the directory '\(place)' to run in does not exist")
    }
    var order = order
    order.cwd = place
    var environment = order.environment
    let program = try ProgramSearch.find(order.command[0], path: environment["PATH"] ?? "", in: place)
    let id = Self.newID()
    let folder = directory + "/" + id
    guard SmallFile.makeDirectory(directory), SmallFile.makeDirectory(folder) else {
      throw PluginFailure(
        "cannot start '\(order.command[0])': the directory '\(folder)' for its output cannot be made; free space, or see its rights")
    }
    let opened: Opened
    do {
      opened = try await register(order, .captured, output: folder, id: id)
    } catch {
      SmallFile.removeDirectory(folder, files: OutputFiles.names)
      throw error
    }
    environment.merge(opened.environment) { $1 }
    return try begin(opened.run, [program] + order.command.dropFirst(), in: place, environment, folder)
  }

  private func begin(
    _ run: Run, _ command: [String], in place: String, _ environment: [String: String], _ folder: String
  ) throws -> Run {
    let pid: Int32
    do throws(ProcessesError) {
      pid = try Spawn.begin(
        SpawnOrder(
          command, in: place, environment: environment, output: .file(folder + "/stdout"), errors: .file(folder + "/stderr")))
    } catch {
      end(run.id, .unknown, "its process could not be begun")
      throw PluginFailure(
        "cannot start '\(run.command[0])' in '\(place)': \(error.reason); correct the command", code: "not_executable", status: .invalid)
    }
    // One that has ended already waits to be reaped, and has no beginning any more.
    let process = ProcessIdentity(pid: pid, began: ProcessStat(pid)?.began ?? 0)
    let running = try assign(process, to: run.id)
    surroundings.publish(running.event)
    output.follow(running)
    watch(process, of: run.id)
    return running
  }

  /// Tells a run's process to end, and ends all that came of it when it does not.
  ///
  /// - Parameter grace: How long it has.
  func stop(_ name: String, signal: Int32, grace: Duration) async throws -> Run {
    let run = try find(name).run
    guard run.state != .ended else { return run }
    guard let process = run.process else {
      end(run.id, .unknown, "it was stopped")
      return try find(run.id).run
    }
    process.signalGroup(signal)
    if signal != SIGKILL {
      if await hasEnded(run.id, within: grace) { return try find(run.id).run }
      try Task.checkCancellation()
    }
    kill(run, process)
    guard await hasEnded(run.id, within: .seconds(settings.endingSeconds + 5)) else {
      throw PluginFailure(
        "cannot stop the run '\(run.id)': its process \(process.pid) was killed and has not ended; it may wait for a device or a disk",
        retryable: true)
    }
    return try find(run.id).run
  }

  /// Everything that has the run's variable belongs to it, wherever it went.
  private func kill(_ run: Run, _ process: ProcessIdentity) {
    for member in ProcessTree(process, marker: "\(RunEnvironment.marker)=\(run.id)").members() where member.id.pid != getpid() {
      member.id.signal(SIGKILL)
    }
  }
}
