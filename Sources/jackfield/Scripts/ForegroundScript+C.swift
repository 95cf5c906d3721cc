// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A command that has this terminal, in the process group of this process: the terminal's keys reach both, and are meant for it.
///
/// From its beginning on Ctrl-C, Ctrl-\ and Ctrl-Z do nothing to this process, and signals from elsewhere are passed on.
struct ForegroundScript {
  /// Meant for the command when somebody sends them here.
  private static let passedOn = [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT]
  /// The terminal sends them to the command too.
  private static let ofKeys = [SIGINT, SIGQUIT, SIGTSTP]
  /// The sender is the system, which has told the whole group.
  private static let fromSystem: Int32 = 0x80  // SI_KERNEL, which Swift does not import

  let pid: pid_t
  private let signals: sigset_t
  /// The terminal whose foreground this process is; -1 without one.
  private let terminal: Int32

  /// Begins it.
  init(_ command: [String], environment: [String: String]) throws(ScriptFault) {
    var waited = sigset_t()
    unsafe sigemptyset(&waited)
    for number in Self.passedOn + [SIGCHLD] { unsafe sigaddset(&waited, number) }
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, &waited, &before)
    signals = waited
    let heeded = Self.ofKeys.filter(Self.ignore)
    terminal = [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO].first { isatty($0) == 1 && tcgetpgrp($0) == getpgrp() } ?? -1
    pid = try Self.spawn(command, environment, mask: before, heeding: heeded)
  }

  /// Whether it has ended, without taking its end from the system.
  var hasEnded: Bool {
    var information = unsafe siginfo_t()
    return unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo == SIGCHLD
  }

  /// Waits for its end; what is sent to this process meanwhile is passed on.
  func wait() -> ScriptEnding {
    defer { takeTerminalBack() }
    while true {
      if let ending = reap() { return ending }
      var set = signals
      var information = unsafe siginfo_t()
      let number = unsafe sigwaitinfo(&set, &information)
      if number > 0, number != SIGCHLD, unsafe !isTold(information) { kill(pid, number) }
    }
  }

  // MARK: - Its end, and its pauses

  private func reap() -> ScriptEnding? {
    var status: Int32 = 0
    while unsafe waitpid(pid, &status, WNOHANG | WUNTRACED) == pid {
      if status & 0xff == 0x7f {
        pause()
        continue
      }
      let signal = status & 0x7f
      return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }
    return nil
  }

  /// The command stands still, by Ctrl-Z or by itself: this process does too, so that the shell has the terminal until it says "fg".
  private func pause() {
    guard terminal >= 0, tcgetpgrp(terminal) == getpgrp() else { return }
    signal(SIGTSTP, SIG_DFL)
    raise(SIGTSTP)
    signal(SIGTSTP, SIG_IGN)
    kill(pid, SIGCONT)
  }

  /// Whether the system sent the same to the command, as the terminal does to all of its foreground.
  private func isTold(_ information: siginfo_t) -> Bool {
    unsafe information.si_code == Self.fromSystem && getpgid(pid) == getpgrp()
  }

  /// A shell that was killed may have left the terminal to one of its jobs.
  private func takeTerminalBack() {
    let group = terminal >= 0 ? tcgetpgrp(terminal) : -1
    // A group that is there has it by right: the shell's, when this job is in the background by now.
    guard group > 0, group != getpgrp(), kill(-group, 0) != 0 else { return }
    let before = signal(SIGTTOU, SIG_IGN)
    tcsetpgrp(terminal, getpgrp())
    signal(SIGTTOU, before)
  }

  // MARK: - Beginning

  /// - Returns: Whether it was not ignored before.
  private static func ignore(_ number: Int32) -> Bool {
    var before = sigaction()
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = SIG_IGN
    unsafe sigaction(number, &action, &before)
    // Both are functions of C, or small numbers in their place: only as numbers they can be compared.
    return unsafe unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// - Parameter heeding: What the command has as a fresh process has it; other signals as this process had them.
  private static func spawn(
    _ command: [String], _ environment: [String: String], mask: sigset_t, heeding: [Int32]
  ) throws(ScriptFault) -> pid_t {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var mask = mask
    unsafe posix_spawnattr_setsigmask(&attributes, &mask)
    var fresh = sigset_t()
    unsafe sigemptyset(&fresh)
    for number in heeding { unsafe sigaddset(&fresh, number) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &fresh)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words = unsafe command.map { unsafe strdup($0) } + [nil]
    var variables = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var pid = pid_t()
    let error = unsafe posix_spawnp(&pid, command[0], nil, &attributes, &words, &variables)
    guard error == 0 else { throw ScriptFault(command[0], error: error) }
    return pid
  }
}
