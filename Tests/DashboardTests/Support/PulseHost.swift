// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON

/// A real `jackfield serve` in a home of its own, with the plugin of Tests/Fixtures/Plugins/pulse.c. Ends with the object.
final class PulseHost {
  let home: String
  private var pid: pid_t = 0

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static let packageDirectory = String(#filePath.dropLast("/Tests/DashboardTests/Support/PulseHost.swift".count))

  /// The host beside the bundle of the tests, or the one that `make build` made.
  static let jackfield: String? = {
    var directory = String(CommandLine.arguments[0])
    while let slash = directory.lastIndex(of: "/") {
      directory = String(directory[..<slash])
      if FileManager.default.isExecutableFile(atPath: directory + "/jackfield") { return directory + "/jackfield" }
    }
    let built = packageDirectory + "/build/bin/jackfield"
    return FileManager.default.isExecutableFile(atPath: built) ? built : nil
  }()

  static func temporary(_ name: String) -> String {
    var template = Array("\(FileManager.default.temporaryDirectory.path)/\(name)-XXXXXX".utf8CString)
    return String(cString: mkdtemp(&template))
  }

  /// The plugin, built once for all tests; its directory's parent.
  private static let plugins = Result { () throws -> String in
    let parent = temporary("jackfield-pulse")
    let directory = parent + "/pulse"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try Data(manifest.utf8).write(to: URL(filePath: directory + "/plugin.json"))
    let cc = try spawn([
      "cc", "-std=c99", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden",
      "-I\(packageDirectory)/Sources/PluginAPI/include", "\(packageDirectory)/Tests/Fixtures/Plugins/pulse.c", "-o",
      directory + "/libpulse.so",
    ])
    var status: Int32 = 0
    while waitpid(cc, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw Failure(description: "pulse.c was not built") }
    return parent
  }

  private static let manifest = """
    {"schema": 1, "id": "pulse", "version": "1.0.0", "abi": {"major": 1, "minor": 0}, "library": "libpulse.so",
     "namespaces": ["pulse"], "publishes": ["pulse.tick", "pulse.other"],
     "commands": [
       {"name": "pulse.echo", "summary": "Answers with its input."},
       {"name": "pulse.get", "summary": "Counts.", "idempotent": true},
       {"name": "pulse.flow", "summary": "Streams.", "stream": true},
       {"name": "pulse.emit", "summary": "Publishes.", "idempotent": true},
       {"name": "pulse.big", "summary": "Answers much."},
       {"name": "pulse.wait", "summary": "Never answers."}]}
    """

  private static func spawn(_ arguments: [String], output: String = "/dev/null") throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid = pid_t()
    guard posix_spawnp(&pid, words[0]!, &actions, nil, &words, environ) == 0 else {
      throw Failure(description: "cannot run \(arguments[0])")
    }
    return pid
  }

  init() throws {
    home = Self.temporary("jackfield-dash")
    try start()
  }

  deinit {
    stop(SIGKILL)
    try? FileManager.default.removeItem(atPath: home)
  }

  var socket: String { home + "/run/host.sock" }

  func start() throws {
    guard let jackfield = Self.jackfield else {
      throw Failure(description: "there is no jackfield beside the tests, and none in build/bin")
    }
    pid = try Self.spawn([jackfield, "serve", "--home", home, "--plugins", Self.plugins.get()], output: home + "/log")
    for _ in 0..<6_000 {
      // The line that `serve` prints when it listens; there is nothing to wait on.
      if log.contains("host ready") { return }
      usleep(5_000)
    }
    throw Failure(description: "the host did not come up: \(log)")
  }

  private var log: String { (try? String(contentsOfFile: home + "/log", encoding: .utf8)) ?? "" }

  func stop(_ signal: Int32 = SIGTERM) {
    guard pid > 0 else { return }
    kill(pid, signal)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    pid = 0
    try? FileManager.default.removeItem(atPath: home + "/log")
  }
}
