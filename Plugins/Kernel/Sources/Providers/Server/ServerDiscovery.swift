// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import WebSockets

/// Finds the Jupyter servers that run on this machine: each writes `jpserver-PID.json` into Jupyter's runtime folder.
struct ServerDiscovery: Sendable {
  let surroundings: Surroundings
  let work: BlockingWork

  /// Those whose process lives, by the names of their files.
  func running() async -> [RunningServer] {
    (try? await work.run { [surroundings] in Self.running(in: surroundings) }) ?? []
  }

  /// The one that answers at an address; nil when none does.
  func server(at address: WebAddress) async -> RunningServer? { await running().first { $0.answers(at: address) } }

  private static func running(in surroundings: Surroundings) -> [RunningServer] {
    let directory = JupyterPaths(surroundings).runtimeDirectory
    let names = LocalFiles.names(in: directory).filter { $0.hasPrefix("jpserver-") && $0.hasSuffix(".json") && !$0.hasSuffix("-open.json") }
    return names.sorted().compactMap { server(at: "\(directory)/\($0)") }
  }

  private static func server(at path: String) -> RunningServer? {
    // A file that others may have written would send the kernels, and what runs on them, to them.
    guard LocalFiles.isPrivate(path), let text = LocalFiles.text(path), let value = try? JSONValue(parsing: text),
      let url = value["url"]?.stringValue, let pid = value["pid"]?.intValue, pid > 0, let id = pid_t(exactly: pid), isAlive(id)
    else { return nil }
    let token = value["token"]?.stringValue
    return RunningServer(
      url: url, token: token?.isEmpty == true ? nil : token, rootDirectory: value["root_dir"]?.stringValue, pid: id,
      version: value["version"]?.stringValue, hostname: value["hostname"]?.stringValue)
  }

  private static func isAlive(_ pid: pid_t) -> Bool { Glibc.kill(pid, 0) == 0 || errno == EPERM }
}
