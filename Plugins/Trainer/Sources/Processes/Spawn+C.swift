// SPDX-License-Identifier: Apache-2.0
// Begins a process that owes this one nothing: it lives on when the host ends.

internal import CLinux
internal import Glibc
internal import PluginSDK

/// How a process is begun and told to end.
enum Spawn {
  /// Begins a process in a session of its own, with nothing to read, its output appended to two files, and no descriptor of ours.
  static func begin(
    _ command: [String], in directory: String, environment: [String: String], output: String, errors: String
  ) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (number, path) in [(1, output), (2, errors)] as [(Int32, String)] {
      unsafe posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }
    _ = unsafe linux_close_from(&actions, 3)
    _ = unsafe linux_spawn_in(&actions, directory)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    setUp(&attributes)
    var words = unsafe command.map { unsafe strdup($0) } + [nil]
    var variables = unsafe environment.sorted { $0.key < $1.key }.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var pid = pid_t()
    let number = unsafe posix_spawnp(&pid, command[0], &actions, &attributes, &words, &variables)
    guard number == 0 else {
      throw PluginFailure(
        "cannot start '\(command[0])' in '\(directory)': \(unsafe String(cString: strerror(number))); correct the command, or give 'python' "
          + "from the root on", code: "not_started", status: .invalid)
    }
    return pid
  }

  /// No signal blocked, none ignored.
  private static func setUp(_ attributes: inout posix_spawnattr_t) {
    var none = sigset_t()
    unsafe sigemptyset(&none)
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | linux_spawn_new_session())
  }

  /// Takes the end of a process from the kernel, if it is a child of this one that has ended.
  static func reap(_ pid: pid_t) -> ProcessEnding {
    var status: Int32 = 0
    guard unsafe waitpid(pid, &status, WNOHANG) == pid else { return .unknown }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  /// Sends a signal to a process and all it began in its session's first group.
  static func signal(_ pid: pid_t, _ number: Int32) { if kill(-pid, number) != 0 { kill(pid, number) } }

  /// The variables of this process.
  static var environment: [String: String] {
    var variables: [String: String] = [:]
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      let text = unsafe String(cString: entry)
      if let equals = text.firstIndex(of: "=") { variables[String(text[..<equals])] = String(text[text.index(after: equals)...]) }
      unsafe next += 1
    }
    return variables
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

/// How a process ended.
enum ProcessEnding: Sendable, Equatable {
  case exited(Int32)
  case signalled(Int32)
  /// It was no child of this process: the host has been restarted since it began.
  case unknown
}
