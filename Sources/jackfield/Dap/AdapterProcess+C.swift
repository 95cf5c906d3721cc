// SPDX-License-Identifier: Apache-2.0
import Glibc
import Host
import Synchronization

/// A debug adapter that was begun: what it reads and writes goes through pipes, what it says on standard error goes where ours goes.
final class AdapterProcess {
  let pid: pid_t
  /// Its standard input, for writing.
  let input: Int32
  /// Its standard output, for reading.
  let output: Int32
  private var ending: AdapterEnding?

  /// - Parameter environment: Replaces this process's.
  /// - Throws: `CommandFailure` with status 127 when there is no such program, 126 when it cannot be executed.
  init(_ words: [String], environment: [String: String]) throws(CommandFailure) {
    let (reading, writing) = (try Self.pipe(), try Self.pipe())
    input = reading.write
    output = writing.read
    defer { for end in [reading.read, writing.write] { close(end) } }
    ChildSignal.watch()
    pid = try Self.spawn(words, environment, reading.read, writing.write)
  }

  /// How it ended; nil while it lives.
  func poll() -> AdapterEnding? {
    var status: Int32 = 0
    if ending == nil, unsafe waitpid(pid, &status, WNOHANG) == pid { ending = AdapterEnding(waited: status) }
    return ending
  }

  /// Sends a signal, unless it has ended: its number may be another's then.
  func signal(_ number: Int32) { if poll() == nil { kill(pid, number) } }

  private static func pipe() throws(CommandFailure) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else {
      throw CommandFailure("cannot make a pipe for the adapter: \(String(posixError: errno)); raise the limit of open files")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func spawn(
    _ words: [String], _ environment: [String: String], _ input: Int32, _ output: Int32
  ) throws(CommandFailure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe setSignals(&attributes)
    var pid = pid_t()
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    var variables = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
    let error = unsafe posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, &variables)
    guard error == 0 else { throw cannot(words[0], error) }
    return pid
  }

  /// Every signal as a fresh process has it: this one ignores some and takes others.
  private static func setSignals(_ attributes: UnsafeMutablePointer<posix_spawnattr_t>) {
    unsafe posix_spawnattr_setflags(attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(attributes, &none)
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigdefault(attributes, &all)
  }

  private static func cannot(_ program: String, _ error: Int32) -> CommandFailure {
    let cure = error == ENOENT ? "is it installed, and in PATH?" : "can it be executed?"
    return CommandFailure(
      "cannot start the adapter '\(program)': \(String(posixError: error)); \(cure)", status: error == ENOENT ? 127 : 126)
  }
}

/// A descriptor that becomes readable when a child of this process ends: a wait on it cannot miss one that ended just before.
enum ChildSignal {
  private static let readEnd = Atomic<Int32>(-1)
  fileprivate static let writeEnd = Atomic<Int32>(-1)

  static var descriptor: Int32 { readEnd.load(ordering: .relaxed) }

  /// Takes SIGCHLD from now on.
  static func watch() {
    var ends: [Int32] = [-1, -1]
    guard descriptor < 0, unsafe pipe(&ends) == 0 else { return }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    readEnd.store(ends[0], ordering: .relaxed)
    writeEnd.store(ends[1], ordering: .relaxed)
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = childHandler
    action.sa_flags = SA_RESTART
    unsafe sigaction(SIGCHLD, &action, nil)
    var taken = sigset_t()
    unsafe sigemptyset(&taken)
    unsafe sigaddset(&taken, SIGCHLD)
    unsafe pthread_sigmask(SIG_UNBLOCK, &taken, nil)
  }

  /// Forgets what has come.
  static func clear() {
    var chunk = [UInt8](repeating: 0, count: 64)
    while unsafe read(descriptor, &chunk, chunk.count) > 0 {}
  }
}

/// A write: all that a signal handler may do.
private func childHandler(_: Int32) {
  let error = errno
  var byte: UInt8 = 0
  _ = unsafe write(ChildSignal.writeEnd.load(ordering: .relaxed), &byte, 1)
  errno = error
}
