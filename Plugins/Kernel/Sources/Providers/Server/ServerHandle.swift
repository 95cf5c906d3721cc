// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import WebSockets

/// A kernel that a Jupyter server runs.
final class ServerHandle: KernelHandle {
  let id: String
  let rest: ServerREST
  private let kind: ServerKind
  private let spec: String
  private let end = EndNotice()

  init(_ id: String, of rest: ServerREST, kind: ServerKind, spec: String) {
    self.id = id
    self.rest = rest
    self.kind = kind
    self.spec = spec
  }

  func connect(session: String, to sink: @escaping @Sendable (LinkEvent) -> Void) async throws -> any KernelLink {
    let link = ServerLink(self, session: session, to: sink)
    try await link.open()
    return link
  }

  // MARK: - Its end

  var isAlive: Bool { end.value == nil }

  /// The server says no exit code: what is known is that the kernel is gone.
  func ended() async -> KernelEnd { await end.wait() }

  /// Notes that it is gone and tells those who wait.
  func isGone() { end.settle(KernelEnd()) }

  // MARK: - Verbs

  /// A Jupyter server begins again whatever ends without its doing.
  var endsByMessage: Bool { false }

  var restartWay: RestartWay { .inPlace }

  var interruptWays: [InterruptWay] { [.server, .message] }

  func interrupt(by way: InterruptWay) async throws {
    guard way == .server else {
      throw PluginFailure(
        "cannot interrupt the kernel by \(way.rawValue): it runs at \(rest.settings), which interrupts it when it is asked to",
        code: "unsupported",
        status: .unsupported)
    }
    _ = try await rest.ask("POST", ServerREST.path(of: id) + "/interrupt", .object([:]))
  }

  /// Lets the server begin it again under the same id. Connections stay, and hear `restarting`.
  func restart() async throws {
    _ = try await rest.ask("POST", ServerREST.path(of: id) + "/restart", .object([:]), within: rest.settings.launchLimit + .seconds(10))
  }

  func signal(_ number: Int32) throws {
    throw PluginFailure(
      "cannot send signal \(number) to the kernel: it runs at \(rest.settings), where signals do not reach", code: "unsupported",
      status: .unsupported)
  }

  /// Lets the server end it, and waits until it knows it no more. One that cannot be asked keeps it, and it is given up here.
  func kill() async {
    for _ in 0..<50 {
      guard let answer = try? await rest.ask("DELETE", ServerREST.path(of: id), accepting: [404]), answer.status != 404 else { break }
      try? await Task.sleep(for: .milliseconds(200))
    }
    isGone()
  }

  func cleanUp() async {}

  func describe() -> JSONValue {
    [
      "provider": "server", "server": .string(rest.base.description), "server_kind": .string(kind.words), "id": .string(id),
      "spec": .string(spec),
    ]
  }

  func persist() -> JSONValue? { ["server": .string(rest.base.description), "id": .string(id), "spec": .string(spec)] }

  func usage() async -> KernelUsage? { nil }
}
