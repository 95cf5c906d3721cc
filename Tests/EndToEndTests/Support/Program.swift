// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Synchronization

/// A real process with its output in a file, so that it never waits for a reader.
final class Program: Sendable {
  let pid: pid_t
  let outputPath: String
  let errorPath: String
  private let isUnread: Bool
  /// Its end was taken from the kernel: the number may be another process's by now.
  private let isOver = Atomic<Bool>(false)

  struct Outcome: Sendable {
    /// The exit status, or minus the signal that ended it.
    var status: Int32
    var output: String
    var error: String
  }

  /// Starts a program found on PATH or by its path.
  ///
  /// - Parameter errorsUnread: Connects standard error with a pipe that nobody empties, instead of the file.
  init(
    _ arguments: [String], environment: [String: String] = [:], in directory: String, input: String? = nil, errorsUnread: Bool = false
  ) throws {
    let name = "\(directory)/process-\(UUID().uuidString)"
    (outputPath, errorPath) = (name + ".out", name + ".err")
    isUnread = errorsUnread
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let inputPath = input == nil ? "/dev/null" : name + ".in"
    if let input { try Data(input.utf8).write(to: URL(filePath: inputPath)) }
    posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    if errorsUnread {
      mkfifo(errorPath, 0o600)
      // For reading as well, so that it opens without a reader.
      posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_RDWR, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var all = ProcessInfo.processInfo.environment
    all["NO_COLOR"] = "1"
    all.merge(environment) { _, new in new }
    var argumentPointers = arguments.map { strdup($0) } + [nil]
    var environmentPointers = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    var pid = pid_t()
    let error = posix_spawnp(&pid, argumentPointers[0]!, &actions, nil, &argumentPointers, &environmentPointers)
    guard error == 0 else { throw SpawnFailure(program: arguments[0], error: error) }
    self.pid = pid
  }

  /// A test that fails half-way leaves no process behind, also not a dead one: the test library waits for any child of this process, and
  /// would find that one again and again.
  deinit {
    guard !isOver.load(ordering: .sequentiallyConsistent) else { return }
    kill(pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
  }

  struct SpawnFailure: Error {
    let program: String
    let error: Int32
  }

  var output: String { (try? String(contentsOf: URL(filePath: outputPath), encoding: .utf8)) ?? "" }
  var error: String { isUnread ? "" : (try? String(contentsOf: URL(filePath: errorPath), encoding: .utf8)) ?? "" }

  func send(_ signal: Int32) {
    if !isOver.load(ordering: .sequentiallyConsistent) { kill(pid, signal) }
  }

  /// Waits for the end; blocks this thread.
  func wait() -> Outcome {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    isOver.store(true, ordering: .sequentiallyConsistent)
    let signal = status & 0x7f
    return Outcome(status: signal == 0 ? (status >> 8) & 0xff : -signal, output: output, error: error)
  }

  static func isInstalled(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  /// Runs a program to its end.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in directory: String, input: String? = nil
  ) throws -> Outcome {
    try Program(arguments, environment: environment, in: directory, input: input).wait()
  }
}
