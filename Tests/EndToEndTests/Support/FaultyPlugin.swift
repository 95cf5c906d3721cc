// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc

/// Plugins that break one rule each, built from Tests/Fixtures/Plugins/faults.c, which lists the switches; and one in Swift that traps.
enum FaultyPlugin {
  /// The values of FAULT, each with how a process ends of it: the exit status, minus the signal, or nil when it goes on or hangs.
  static let faults: [(name: String, end: Int32?)] = [
    ("SEGV", -SIGSEGV), ("ABORT", -SIGABRT), ("TRAP", -SIGILL), ("HANG", nil), ("SPIN", nil), ("EXIT", 3), ("FORK", nil), ("CLOSE3", nil),
    ("PRINT", nil), ("KILL", -SIGKILL),
  ]

  /// The values of AT.
  static let places = ["CONSTRUCTOR", "ENTRY", "CREATE", "START", "INVOKE", "EVENT", "STOP", "DESTROY"]

  /// The other switches.
  static let switches = [
    "NEVER_FINISH", "FINISH_TWICE", "RETURN_OK_UNFINISHED", "FINISH_AFTER_DESTROY", "THREAD_OUTLIVES_STOP", "KEEP_POINTER", "BAD_UTF8",
    "HUGE", "EMIT_PAST_CREDIT", "FLOOD_LOG", "FLOOD_PROGRESS", "SIGNAL_HANDLER", "CHDIR", "LOCALE", "FPU", "CALL_IN_CREATE",
    "REGISTERS_LESS", "REGISTERS_MORE", "WRONG_ID", "WRONG_VERSION",
  ]

  /// The words for the compiler that make a plugin do `fault` at `place`.
  static func options(_ fault: String, at place: String) -> [String] { ["-DFAULT=\(fault)", "-DAT=\(place)"] }

  /// Writes `parent/id/plugin.json` and builds the library beside it.
  ///
  /// - Parameters:
  ///   - id: Also the namespace: the commands are `id.echo`, `id.work` and `id.pid`.
  ///   - options: Words for the compiler, such as `options("SEGV", at: "INVOKE")` or `["-DFINISH_TWICE"]`; none makes a good plugin.
  ///   - extra: Further members of plugin.json, with a comma before them.
  ///   - manifest: The whole plugin.json instead.
  /// - Returns: The plugin's directory.
  @discardableResult
  static func build(
    _ id: String, in parent: String, options: [String] = [], extra: String = "", manifest text: String? = nil
  ) throws -> String {
    let directory = "\(parent)/\(id)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try write(text ?? manifest(id, extra: extra), to: directory + "/plugin.json")
    let library = directory + "/libfaults.so"
    let outcome = try Program.run(
      [
        "cc", "-std=c99", "-D_GNU_SOURCE", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden",
        "-I\(LiveHost.packageDirectory)/Sources/PluginAPI/include", "-DID=\"\(id)\"", "-DNS=\"\(id)\"",
      ] + options + ["\(LiveHost.packageDirectory)/Tests/Fixtures/Plugins/faults.c", "-o", library, "-lpthread"],
      in: parent)
    guard outcome.status == 0 else { throw LiveHost.NotReady(description: outcome.error) }
    chmod(library, 0o755)
    return directory
  }

  static func manifest(_ id: String, extra: String = "") -> String {
    """
    {"schema": 1, "id": "\(id)", "version": "1.0.0", "abi": {"major": 1, "minor": 0}, "library": "libfaults.so",
     "namespaces": ["\(id)"], "publishes": ["\(id).ticks"],
     "subscribes": [{"topic": "faults.poke", "queue": 64, "overflow": "block"}],
     "commands": [
       {"name": "\(id).echo", "summary": "answers with its input"},
       {"name": "\(id).work", "summary": "sends three chunks", "stream": true},
       {"name": "\(id).pid", "summary": "answers with the process it runs in"}
     ]\(extra)}
    """
  }

  /// Lays out the plugin in Swift, "swiftfault": its commands `trap`, `bounds`, `unwrap` and `overflow` end the process.
  ///
  /// - Returns: The plugin's directory.
  @discardableResult
  static func swift(in parent: String) throws -> String {
    let directory = "\(parent)/swiftfault"
    let files = FileManager.default
    try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try files.copyItem(atPath: "\(LiveHost.products)/libFaultyPlugin.so", toPath: directory + "/libFaultyPlugin.so")
    try files.copyItem(
      atPath: "\(LiveHost.packageDirectory)/Tests/Fixtures/SwiftFault/plugin.json", toPath: directory + "/plugin.json")
    return directory
  }

  private static func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }
}
