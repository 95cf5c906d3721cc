// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The command that lets any Jupyter front end use a hosted kernel: `kernel.proxy`.
struct ProxyCommands: Sendable {
  let kernels: Kernels
  let runs: RunTable
  /// For reading connection files: a disk may be slow.
  let work: BlockingWork
  let warning: @Sendable (String, [String: String]) -> Void

  private struct Input: Decodable, Sendable {
    var connection_file: String
    var kernel: String?
    var document: String?
    var spec: String?
    var interpreter: String?
    var provider: String?
    var working_directory: String?
    var arguments: [String]?
    var environment: [String: String]?
  }

  var all: [Command] {
    [
      .bytes("kernel.proxy") { payload, call in
        let input: Input = try payload.decode()
        let connection = try await work.run { try ConnectionInfo(parsing: Array(SourceFile.read(input.connection_file).utf8)) }
        let isOwn = input.kernel == nil && input.document == nil
        let kernel = try await kernel(input, isOwn: isOwn)
        do {
          let isAskedToEnd = try await relay(kernel, connection, call)
          if isOwn { try? await kernels.shutDown(kernel) }
          return Payload(bytes: JSONValue.object(["kernel": .string(kernel.id), "shutdown": .bool(isAskedToEnd)]).bytes())
        } catch {
          // Whoever began it for this front end alone has no other use for it.
          if isOwn { try? await kernels.shutDown(kernel) }
          throw error
        }
      }
    ]
  }

  private func kernel(_ input: Input, isOwn: Bool) async throws -> Kernel {
    guard isOwn else { return try await kernels.target(input.kernel, input.document) }
    let order = KernelOrder(
      spec: input.spec, interpreter: input.interpreter, workingDirectory: input.working_directory, arguments: input.arguments,
      environment: input.environment ?? [:], outlivesHost: false)
    return try await kernels.start(order, provider: input.provider)
  }

  private func relay(_ kernel: Kernel, _ connection: ConnectionInfo, _ call: Call) async throws -> Bool {
    let (id, warning) = (kernel.id, warning)
    let proxy = try await KernelProxy(kernel, at: connection, runs: runs) {
      warning("message of a front end refused", ["kernel": id, "reason": $0])
    }
    try await call.emit(bytes: JSONValue.object(["state": "listening", "kernel": .string(id)]).bytes())
    let isAskedToEnd = try await proxy.run()
    try Task.checkCancellation()
    return isAskedToEnd
  }
}
