// SPDX-License-Identifier: Apache-2.0
// Begins a process that owes this one nothing: it lives on when this one ends.

internal import CLinux
internal import Glibc

/// How a process is begun and told to end.
public enum Spawn {
  /// Begins a process in a session of its own, with nothing to read, no signal blocked or ignored, and no descriptor of ours
  /// but those that are passed.
  ///
  /// - Returns: Its number, which is also that of its session and its group.
  public static func begin(_ order: SpawnOrder) throws(ProcessesError) -> Int32 {
    let (number, pid) = spawn(order)
    guard number == 0 else {
      throw ProcessesError("posix_spawn", order.command[0], code: number, "cannot start '\(order.command[0])' in '\(order.directory)'")
    }
    return pid
  }

  private static func spawn(_ order: SpawnOrder) -> (number: Int32, pid: Int32) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe add(order.output, as: 1, to: &actions)
    unsafe add(order.errors, as: 2, to: &actions)
    let passed = copies(of: order.passed)
    defer { for descriptor in passed { close(descriptor) } }
    for (place, descriptor) in passed.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, firstPassed + Int32(place))
    }
    _ = unsafe linux_close_from(&actions, firstPassed + Int32(passed.count))
    _ = unsafe linux_spawn_in(&actions, order.directory)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    setUp(&attributes)
    var words = unsafe order.command.map { unsafe strdup($0) } + [nil]
    var variables = unsafe order.environment.sorted { $0.key < $1.key }.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var pid = pid_t()
    let number = unsafe posix_spawnp(&pid, order.command[0], &actions, &attributes, &words, &variables)
    return (number, pid)
  }

  private static let firstPassed: Int32 = 3

  /// Behind the places they go to, so that none is overwritten before it is copied.
  private static func copies(of descriptors: [Int32]) -> [Int32] {
    descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, firstPassed + Int32(descriptors.count)) }
  }

  private static func add(_ output: SpawnOrder.Output, as number: Int32, to actions: inout posix_spawn_file_actions_t) {
    switch output {
    case .file(let path):
      unsafe posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    case .descriptor(let descriptor):
      unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
    case .nowhere:
      unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
    }
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

  /// Takes the end of a process from the system, if it is a child of this one that has ended.
  public static func reap(_ pid: Int32) -> ProcessEnding {
    var status: Int32 = 0
    guard unsafe waitpid(pid, &status, WNOHANG) == pid else { return .unknown }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  /// The same, and waits for its end. Blocks: for a thread of its own.
  ///
  /// - Returns: `.unknown` also when it has not ended in that time.
  public static func reap(_ pid: Int32, within limit: Duration) -> ProcessEnding {
    if let end = ProcessEnd(pid) {
      var waited = pollfd(fd: end.descriptor, events: Int16(POLLIN), revents: 0)
      let (seconds, attoseconds) = limit.components
      _ = unsafe poll(&waited, 1, Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
      end.close()
    }
    return reap(pid)
  }

  /// Sends a signal to a process and all it began in its session's first group.
  public static func signal(_ pid: Int32, _ number: Int32) { if kill(-pid, number) != 0 { kill(pid, number) } }

  /// The variables of this process.
  public static var environment: [String: String] {
    var variables: [String: String] = [:]
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      let text = unsafe String(cString: entry)
      if let equals = text.firstIndex(of: "=") { variables[String(text[..<equals])] = String(text[text.index(after: equals)...]) }
      unsafe next += 1
    }
    return variables
  }
}
