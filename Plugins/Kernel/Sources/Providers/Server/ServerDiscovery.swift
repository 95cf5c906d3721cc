// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON

/// Finds the Jupyter servers that run on this machine: each writes `jpserver-PID.json` into Jupyter's runtime folder.
enum ServerDiscovery {
  /// Those whose process lives, by process id.
  static func running(in surroundings: Surroundings = .current) -> [ServerSettings] {
    let directory = JupyterPaths(surroundings).runtimeDirectory
    let names = LocalFiles.names(in: directory).filter { $0.hasPrefix("jpserver-") && $0.hasSuffix(".json") && !$0.hasSuffix("-open.json") }
    return names.sorted().compactMap { settings(at: "\(directory)/\($0)") }
  }

  private static func settings(at path: String) -> ServerSettings? {
    // A file that others may have written would send the kernels, and what runs on them, to them.
    guard LocalFiles.isOurs(path), let text = LocalFiles.text(path), let value = try? JSONValue(parsing: text),
      let url = value["url"]?.stringValue, let pid = value["pid"]?.intValue, pid > 0, let id = pid_t(exactly: pid), isAlive(id)
    else { return nil }
    let token = value["token"]?.stringValue
    return ServerSettings(url: url, token: token?.isEmpty == true ? nil : token, rootDirectory: value["root_dir"]?.stringValue)
  }

  private static func isAlive(_ pid: pid_t) -> Bool { Glibc.kill(pid, 0) == 0 || errno == EPERM }
}
