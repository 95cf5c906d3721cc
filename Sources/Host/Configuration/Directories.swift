// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Where the host keeps and finds its files: absolute paths without a trailing slash.
///
/// Follows the XDG base directory specification; a "home" puts everything below one directory instead.
package struct Directories: Hashable, Sendable {
  /// Holds `config.json` and `config.d`.
  package let config: String
  /// Kept for ever: databases, bundles.
  package let data: String
  /// Kept across restarts: logs, spools.
  package let state: String
  /// Gone at log-out: the socket, the process id.
  package let runtime: String
  /// Plugin directories that come before the configuration's, first wins.
  package let pluginPathBefore: [String]
  /// Plugin directories that come after the configuration's.
  package let pluginPathAfter: [String]

  package var configFile: String { config + "/config.json" }
  package var configFolder: String { config + "/config.d" }
  package var logs: String { state + "/log" }
  package var socket: String { runtime + "/host.sock" }
  package var processFile: String { runtime + "/host.pid" }

  /// Finds the directories; touches no disk.
  ///
  /// - Parameters:
  ///   - environment: HOME, XDG_* and JACKFIELD_PLUGIN_PATH are read; XDG values that are not absolute are ignored, as the
  ///     specification says.
  ///   - home: All below this one directory; relative to the working directory. The plugin path is then `plugins` and `home/plugins`.
  ///   - plugins: Plugin directories to search before all others.
  package init(environment: [String: String], home: String? = nil, plugins: [String] = []) {
    let plugins = plugins.map(Self.absolute)
    if let home = home.map(Self.absolute) {
      let below = home == "/" ? "" : home
      (config, data, state, runtime) = (home, below + "/data", below + "/state", below + "/run")
      (pluginPathBefore, pluginPathAfter) = (plugins, [below + "/plugins"])
      return
    }
    let user = Self.userHome(environment)
    func base(_ variable: String, _ fallback: String) -> String {
      Self.absoluteOnly(environment[variable]) ?? "\(user == "/" ? "" : user)/\(fallback)"
    }
    config = base("XDG_CONFIG_HOME", ".config") + "/jackfield"
    data = base("XDG_DATA_HOME", ".local/share") + "/jackfield"
    state = base("XDG_STATE_HOME", ".local/state") + "/jackfield"
    runtime = Self.absoluteOnly(environment["XDG_RUNTIME_DIR"]).map { $0 + "/jackfield" } ?? state + "/run"
    pluginPathBefore = Self.unique(plugins + Self.list(environment["JACKFIELD_PLUGIN_PATH"]).map(Self.absolute))
    let shared = Self.list(environment["XDG_DATA_DIRS"]).compactMap(Self.absoluteOnly).map { $0 + "/jackfield/plugins" }
    pluginPathAfter = Self.unique(
      [data + "/plugins"] + shared + ["/usr/local/lib/jackfield/plugins", "/usr/lib/jackfield/plugins"])
  }

  /// Every plugin directory in the order of search, without repetitions; the configuration's own stand in the middle.
  package func pluginPath(configured: [String] = []) -> [String] {
    Self.unique(pluginPathBefore + configured + pluginPathAfter)
  }

  /// Makes the directories that are missing, each with mode 0700, and takes other people's rights off an existing runtime directory.
  ///
  /// - Throws: `FileError`, also when the runtime directory belongs to somebody else or is a symbolic link.
  package func create() throws(FileError) {
    for path in [config, data, state, logs, runtime] { try Folder.create(path) }
    var status = stat()
    guard unsafe lstat(runtime, &status) == 0 else { throw FileError(verb: "use directory", path: runtime, cause: .system(errno)) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(verb: "use directory", path: runtime, cause: .system(ENOTDIR)) }
    guard status.st_uid == geteuid() else { throw FileError(verb: "use directory", path: runtime, cause: .system(EPERM)) }
    guard unsafe status.st_mode & 0o077 == 0 || chmod(runtime, 0o700) == 0 else {
      throw FileError(verb: "use directory", path: runtime, cause: .system(errno))
    }
  }

  private static func list(_ value: String?) -> [String] {
    (value ?? "").split(separator: ":").map(String.init)
  }

  private static func unique(_ paths: [String]) -> [String] {
    var seen: Set<String> = []
    return paths.filter { seen.insert($0).inserted }
  }

  private static func absoluteOnly(_ path: String?) -> String? {
    guard let path, path.hasPrefix("/") else { return nil }
    return absolute(path)
  }

  /// Puts the working directory before a relative path and takes "." parts and trailing slashes away; ".." stays, links may make it mean anything.
  static func absolute(_ path: String) -> String {
    let full = path.hasPrefix("/") ? path : SystemPaths.workingDirectory + "/" + path
    return "/" + full.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  /// HOME, or without it what the system's user database says.
  static func userHome(_ environment: [String: String]) -> String {
    if let home = absoluteOnly(environment["HOME"]) { return home }
    return absolute(SystemPaths.homeInUserDatabase ?? "/")
  }
}
