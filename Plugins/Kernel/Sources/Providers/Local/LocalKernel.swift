// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import PluginSDK
internal import Processes
internal import Synchronization

/// A kernel that is a process of this machine, begun here in this life of the host or in one before.
final class LocalKernel: KernelHandle {
  /// In its environment, and so in that of all it begins.
  static let marker = "JACKFIELD_KERNEL_PROCESS"
  static let mostOutput: Int64 = 16 << 20
  private static let mostErrors = 4_096
  private static let portTaken = "Address already in use"
  private static let mostRounds = 20
  private static let killLimit: Duration = .seconds(10)

  let record: LocalRecord
  let connection: ConnectionInfo
  private let tools: LocalTools
  private let memoryKills: MemoryKills
  private let end = EndNotice()
  private let isOurKill = Atomic(false)
  private let hasAnswered = Flag()

  /// Follows a process from now on.
  init(_ record: LocalRecord, connection: ConnectionInfo, tools: LocalTools) throws {
    self.record = record
    self.connection = connection
    self.tools = tools
    memoryKills = MemoryKills(of: record.process.pid)
    try tools.watcher.limit(record.place.output, bytes: Self.mostOutput)
    try tools.watcher.limit(record.place.errors, bytes: Self.mostOutput) { [weak self] in self?.sawErrors() }
    try tools.watcher.watch(record.process) { [weak self] in self?.sawEnd($0) }
  }

  private var process: ProcessIdentity { record.process }
  private var tree: ProcessTree { ProcessTree(process, marker: "\(Self.marker)=\(record.place.id)") }

  // MARK: - Talking

  func connect(session: String, to sink: @escaping @Sendable (LinkEvent) -> Void) async throws -> any KernelLink {
    try await tools.open(connection, session, false) { [hasAnswered] event in
      if case .message = event { hasAnswered.isRaised = true }
      sink(event)
    }
  }

  var interruptWays: [InterruptWay] { record.interruptMode == "message" ? [.message, .signal] : [.signal, .message] }

  func interrupt(by way: InterruptWay) async throws {
    guard way == .signal else {
      throw PluginFailure("cannot interrupt process \(process.pid) by '\(way.rawValue)': that is not done by a signal", status: .invalid)
    }
    try signal(SIGINT)
  }

  func signal(_ number: Int32) throws {
    guard isAlive, process.signalGroup(number) else {
      throw PluginFailure("cannot send signal \(number) to process \(process.pid): it has ended", code: "kernel_gone", status: .gone)
    }
  }

  // MARK: - Its end

  var isAlive: Bool { end.value == nil }

  func ended() async -> KernelEnd { await end.wait() }

  /// ipykernel that finds a port taken writes so and then hangs. Nobody waits for that: its end lets another try be made.
  private func sawErrors() {
    guard connection.transport == "tcp", !record.isAdopted, !hasAnswered.isRaised, isAlive else { return }
    if OutputTail.text(of: record.place.errors, bytes: Self.mostErrors).contains(Self.portTaken) { process.signalGroup(SIGKILL) }
  }

  private func sawEnd(_ ending: ProcessEnding) {
    var end = KernelEnd(lastErrors: OutputTail.text(of: record.place.errors, bytes: Self.mostErrors))
    switch ending {
    case .exited(let code): end.exitCode = code
    case .signalled(let signal): end.signal = signal
    case .unknown: break
    }
    end.outOfMemory = end.signal == SIGKILL && !isOurKill.load(ordering: .acquiring) && memoryKills.happened
    self.end.settle(end)
  }

  func kill() async {
    isOurKill.store(true, ordering: .releasing)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.killAll() }
      group.addTask { try? await Task.sleep(for: Self.killLimit) }
      await group.next()
      group.cancelAll()
    }
  }

  /// Again and again, until a look finds none: they may have begun others meanwhile.
  private func killAll() async {
    for _ in 0..<Self.mostRounds where !Task.isCancelled {
      let members = (try? await tools.work.run { [tree] in tree.members().map(\.id) }) ?? []
      guard !members.isEmpty else { break }
      for member in members where member.pid != getpid() { member.signal(SIGKILL) }
      for member in members where member != process { await tools.untilEnded(member) }
      if isAlive { _ = await ended() }
    }
    if isAlive { _ = await ended() }
  }

  func cleanUp() async {
    tools.watcher.forget(record.place.output)
    tools.watcher.forget(record.place.errors)
    _ = try? await tools.work.run { [place = record.place] in place.remove() }
  }

  // MARK: - Telling

  func describe() -> JSONValue {
    var description: [String: JSONValue] = [
      "pid": .integer(Int64(process.pid)), "command": .array(record.command.map { .string($0) }),
      "working_directory": .string(record.workingDirectory), "connection_file": .string(record.place.connectionFile),
      "transport": .string(connection.transport), "encrypted": .bool(connection.curvePublicKey != nil), "spec": .string(record.spec),
      "display_name": .string(record.displayName), "language": .string(record.language), "stdout": .string(record.place.output),
      "stderr": .string(record.place.errors), "adopted": .bool(record.isAdopted),
    ]
    if let interpreter = record.interpreter { description["interpreter"] = .string(interpreter) }
    return .object(description)
  }

  func persist() -> JSONValue? {
    guard isAlive else { return nil }
    return record.json
  }

  func usage() async -> KernelUsage? {
    guard isAlive else { return nil }
    return await tools.usage(of: process)
  }
}
