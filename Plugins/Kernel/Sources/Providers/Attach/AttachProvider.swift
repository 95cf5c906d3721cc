// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Processes

/// Kernels that run already, found by their connection files.
final class AttachProvider: KernelProvider {
  let name = "attach"
  private let surroundings: Surroundings
  private let tools: LocalTools

  /// - Parameter tools: Those of the local provider, which stops them.
  init(surroundings: Surroundings = .current, tools: LocalTools) {
    self.surroundings = surroundings
    self.tools = tools
  }

  /// None: it begins nothing.
  func specs() async throws -> [KernelSpecEntry] { [] }

  func prepare(_ order: KernelOrder) async throws -> KernelPlan { throw Self.beginsNothing }
  func launch(_ plan: KernelPlan) async throws -> any KernelHandle { throw Self.beginsNothing }

  private static var beginsNothing: PluginFailure {
    PluginFailure(
      "cannot start a kernel by attaching: that takes one that runs; give its connection file to 'kernel.attach'", status: .invalid)
  }

  /// Attaches to a kernel.
  ///
  /// - Parameter record: An object with `connection_file`: what `ConnectionFileSearch.find` takes, or what a handle persisted.
  /// - Returns: Nil when nobody listens there.
  func restore(_ record: JSONValue) async throws -> (any KernelHandle)? {
    guard let wanted = record["connection_file"]?.stringValue, !wanted.isEmpty, !wanted.utf8.contains(0) else {
      throw PluginFailure("cannot attach: give 'connection_file', a path, a kernel's id, or a part of the file's name", status: .invalid)
    }
    let search = ConnectionFileSearch(runtimeDirectory: JupyterPaths(surroundings).runtimeDirectory)
    return try await tools.work.run { [tools] in
      let file = try search.find(wanted)
      guard KernelDoor.isOpen(file.info) else { return nil }
      return try AttachedKernel(file, process: Self.process(of: file.info), tools: tools)
    }
  }

  private static func process(of info: ConnectionInfo) -> ProcessIdentity? {
    if info.transport == "ipc" { return ListenerSearch.process(onPath: "\(info.ip)-\(info.shellPort)") }
    return info.ip.hasPrefix("127.") || info.ip == "localhost" ? ListenerSearch.process(onPort: info.shellPort) : nil
  }
}
