// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Processes

/// A kernel that somebody else began and looks after. It is talked to, and never ended but by a request.
final class AttachedKernel: KernelHandle {
  let file: ConnectionFile
  /// Nil when it cannot be seen: another user's, another machine's.
  let process: ProcessIdentity?
  private let tools: LocalTools
  private let end = EndNotice()

  init(_ file: ConnectionFile, process: ProcessIdentity?, tools: LocalTools) throws {
    self.file = file
    self.process = process
    self.tools = tools
    if let process { try tools.watcher.watch(process) { [weak self] _ in self?.sawEnd() } }
  }

  func connect(session: String, to sink: @escaping @Sendable (LinkEvent) -> Void) async throws -> any KernelLink {
    try await tools.open(file.info, session, true) { [weak self] event in
      sink(event)
      if case .lost = event { self?.sawEnd() }
    }
  }

  // MARK: - Its end

  var isAlive: Bool { end.value == nil }

  func ended() async -> KernelEnd { await end.wait() }

  private func sawEnd() { end.settle(KernelEnd()) }

  // MARK: - What is not ours to do

  var restartWay: RestartWay { .never }

  var interruptWays: [InterruptWay] { [.message] }

  func interrupt(by way: InterruptWay) async throws { throw notOurs("interrupt it by '\(way.rawValue)'") }

  func signal(_ number: Int32) throws { throw notOurs("send it signal \(number)") }

  private func notOurs(_ what: String) -> PluginFailure {
    PluginFailure(
      "cannot \(what): the kernel of '\(file.path)' was begun by somebody else; ask whoever began it", code: "not_ours", status: .invalid)
  }

  /// Does nothing: it is not ours to kill.
  func kill() async {}

  /// Does nothing: its files are not ours.
  func cleanUp() async {}

  // MARK: - Telling

  func describe() -> JSONValue {
    var description: [String: JSONValue] = [
      "connection_file": .string(file.path), "transport": .string(file.info.transport),
      "encrypted": .bool(file.info.curvePublicKey != nil),
      "spec": .string(file.info.kernelName.isEmpty ? "attached" : file.info.kernelName),
      "display_name": .string(file.info.kernelName.isEmpty ? "attached kernel" : file.info.kernelName),
      "key_open_to_others": .bool(file.isOpenToOthers),
    ]
    if file.info.transport == "tcp" { description["address"] = .string(file.info.ip) }
    if let process { description["pid"] = .integer(Int64(process.pid)) }
    return .object(description)
  }

  func persist() -> JSONValue? {
    guard isAlive else { return nil }
    return ["connection_file": .string(file.path)]
  }

  func usage() async -> KernelUsage? {
    guard let process else { return nil }
    return await tools.usage(of: process)
  }
}
