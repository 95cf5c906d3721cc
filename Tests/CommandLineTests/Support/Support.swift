// SPDX-License-Identifier: Apache-2.0
// Threads, processes, directories and the schema that several suites use.
import FoundationEssentials
import Glibc
import JSON

/// One property of each kind.
let exampleSchema: JSONValue = [
  "type": "object",
  "properties": [
    "run": ["type": "string", "description": "The run's id."],
    "limit": ["type": "integer", "default": 100, "description": "At most so many."],
    "minLoss": ["type": ["number", "null"]],
    "archived": ["type": "boolean"],
    "tags": ["type": "array", "items": ["type": "string"]],
    "steps": ["type": "array", "items": ["type": "integer"]],
    "filter": ["type": "object"],
    "state": ["type": "string", "enum": ["running", "finished"]],
    "anything": [:],
    "json": ["type": "boolean"],
  ],
  "required": ["run"],
]

func temporaryDirectory() -> String {
  var template = Array("\(FileManager.default.temporaryDirectory.path)/jackfield-cli-XXXXXX".utf8CString)
  return String(cString: mkdtemp(&template))
}

func startThread(_ body: @escaping @Sendable () -> Void) {
  var thread = pthread_t()
  let outcome = pthread_create(&thread, nil, { runThread($0) }, Unmanaged.passRetained(ThreadBody(body)).toOpaque())
  precondition(outcome == 0, "no thread for a test")
  pthread_detach(thread)
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  Unmanaged<ThreadBody>.fromOpaque(context!).takeRetainedValue().run()
  return nil
}

/// A program that was run to its end, or is being run.
struct Tool {
  struct Outcome: Equatable {
    /// The exit status, or minus the signal that ended it.
    var status: Int32
    var output: String
    var error: String
  }

  let pid: pid_t
  private let path: String

  /// The command line as it was built, beside the bundle of the tests.
  static let jackfield: String = {
    var parts = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
    while !parts.isEmpty, !FileManager.default.isExecutableFile(atPath: parts.joined(separator: "/") + "/jackfield") { parts.removeLast() }
    return parts.joined(separator: "/") + "/jackfield"
  }()

  /// Starts a program of PATH; its output goes to files, so that it never waits for a reader.
  init(_ arguments: [String], environment: [String: String] = [:], input: String = "") throws {
    path = temporaryDirectory() + "/"
    try Data(input.utf8).write(to: URL(filePath: path + "in"))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, path + "in", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, path + "out", O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, path + "err", O_WRONLY | O_CREAT, 0o600)
    let all = ProcessInfo.processInfo.environment.filter { $0.key != "JACKFIELD_HOME" }.merging(environment) { $1 }
    var argumentPointers = arguments.map { strdup($0) } + [nil]
    var environmentPointers = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    var pid = pid_t()
    let error = posix_spawnp(&pid, argumentPointers[0]!, &actions, nil, &argumentPointers, &environmentPointers)
    guard error == 0 else { throw NotStarted(error: error) }
    self.pid = pid
  }

  struct NotStarted: Error {
    let error: Int32
  }

  func wait() -> Outcome {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return Outcome(status: signal == 0 ? (status >> 8) & 0xff : -signal, output: text("out"), error: text("err"))
  }

  /// What was printed until now.
  var output: String { text("out") }

  private func text(_ name: String) -> String { (try? String(contentsOf: URL(filePath: path + name), encoding: .utf8)) ?? "" }

  static func run(_ arguments: [String], environment: [String: String] = [:], input: String = "") throws -> Outcome {
    try Tool(arguments, environment: environment, input: input).wait()
  }

  static func jackfield(_ arguments: String..., home: String, input: String = "") throws -> Outcome {
    try run([jackfield, "--home", home] + arguments, input: input)
  }

  static func isInstalled(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }
}
