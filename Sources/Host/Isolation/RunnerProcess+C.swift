// SPDX-License-Identifier: Apache-2.0
// Starts jackfield-runner and holds its descriptors.
import CLinux
import Glibc
import PluginBridge

/// A runner's process: the line to it, what it prints, and its end.
final class RunnerProcess: Sendable {
  let pid: pid_t
  /// The host's end of the socket.
  let line: Int32
  /// The reading ends of its standard output and standard error.
  let output: Int32
  let errors: Int32
  /// Becomes readable when the process has ended.
  let end: Int32

  /// Starts the program with nothing of ours: no descriptor but its line and its pipes, no environment but what is given, a process group of
  /// its own. To be called on a thread that lives as long as the process: the kernel counts that thread as its parent.
  init(_ executable: String, environment: [String: String]) throws(PluginFault) {
    var socket: (Int32, Int32) = (-1, -1)
    var output: (Int32, Int32) = (-1, -1)
    var errors: (Int32, Int32) = (-1, -1)
    guard Self.socketPair(&socket), Self.pipe(&output), Self.pipe(&errors) else {
      let reason = String(posixError: errno)
      for descriptor in [socket.0, socket.1, output.0, output.1, errors.0, errors.1] where descriptor >= 0 { close(descriptor) }
      throw PluginFault("cannot start a process for a plugin: \(reason); raise the limit of open files (ulimit -n)")
    }
    let (pid, number) = Self.spawn(executable, environment, socket.1, output.1, errors.1)
    for descriptor in [socket.1, output.1, errors.1] { close(descriptor) }
    guard number == 0 else {
      for descriptor in [socket.0, output.0, errors.0] { close(descriptor) }
      throw PluginFault("cannot start '\(executable)': \(String(posixError: number)); install jackfield-runner beside jackfield")
    }
    self.pid = pid
    (line, self.output, self.errors) = (socket.0, output.0, errors.0)
    end = linux_process_descriptor(pid)
  }

  deinit {
    for descriptor in [line, output, errors, end] where descriptor >= 0 { close(descriptor) }
  }

  private static func socketPair(_ pair: inout (Int32, Int32)) -> Bool {
    var both: [Int32] = [-1, -1]
    let outcome = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &both)
    pair = (both[0], both[1])
    return outcome == 0
  }

  private static func pipe(_ pair: inout (Int32, Int32)) -> Bool {
    var both: [Int32] = [-1, -1]
    guard unsafe linux_pipe(&both) == 0 else { return false }
    pair = (both[0], both[1])
    return true
  }

  private static func spawn(
    _ executable: String, _ environment: [String: String], _ line: Int32, _ output: Int32, _ errors: Int32
  ) -> (pid_t, Int32) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (from, to) in [(output, 1), (errors, 2), (line, 3)] as [(Int32, Int32)] {
      unsafe posix_spawn_file_actions_adddup2(&actions, from, to)
    }
    unsafe linux_close_from(&actions, 4)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    setUp(&attributes)
    var arguments = unsafe [strdup(executable), nil]
    var variables = unsafe environment.sorted { $0.key < $1.key }.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
    var pid = pid_t()
    let number = unsafe posix_spawn(&pid, executable, &actions, &attributes, &arguments, &variables)
    return (pid, number)
  }

  /// A process group of its own, no signal blocked, none ignored.
  private static func setUp(_ attributes: inout posix_spawnattr_t) {
    var none = sigset_t()
    unsafe sigemptyset(&none)
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
  }

  /// Ends the conversation: both sides read the end.
  func hangUp() { shutdown(line, Int32(SHUT_RDWR)) }

  func send(_ signal: Int32) { kill(pid, signal) }

  /// Kills what the process has left behind in its group, and itself.
  func killGroup() { kill(-pid, SIGKILL) }

  /// Takes the process's end from the kernel; to be called once, when `end` is readable.
  func reap() -> CrashReport.Ending {
    var status: Int32 = 0
    while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }
}
