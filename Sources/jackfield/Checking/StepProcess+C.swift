// SPDX-License-Identifier: Apache-2.0
import Glibc
import Host
import JSON
import PluginBridge

/// A process that takes one step: in a process group of its own, with nothing to read and its output in pipes.
struct StepProcess {
  private let pid: pid_t
  private let step: CheckStep
  /// The ends for reading of the report, of standard output and of standard error; -1 when nobody writes any more.
  private var descriptors: [Int32]
  private var report = StepReport()
  private var texts: [[UInt8]] = [[], []]
  /// In bytes; what a step prints beyond that is thrown away.
  private static let longestText = 16 << 10

  /// - Parameter arguments: The program's path first.
  init(_ arguments: [String], environment: [String: String], step: CheckStep) throws(CommandFailure) {
    self.step = step
    var ends: [Int32] = []
    for _ in 0..<3 { ends += try Self.pipe() }
    defer { for index in [1, 3, 5] { close(ends[index]) } }
    descriptors = [ends[0], ends[2], ends[4]]
    do throws(CommandFailure) {
      pid = try Self.spawn(arguments, environment, report: ends[1], output: ends[3], errors: ends[5])
    } catch {
      for descriptor in descriptors { close(descriptor) }
      throw error
    }
  }

  /// Waits for the end, at most until `deadline`; then the process and all it started is ended.
  mutating func wait(until deadline: UInt64) -> StepEnd {
    var way: StepEnd.Way?
    var status: Int32 = 0
    while way == nil {
      if Interrupt.isRequested {
        way = .interrupted
      } else if MonotonicClock.now() >= deadline {
        way = .overdue
      } else if hasEnded(&status) {
        break
      } else {
        readSome(until: deadline)
      }
    }
    let busySeconds = way == nil ? 0 : endAll(&status)
    let leftProcesses = way == nil && kill(-pid, SIGKILL) == 0
    while readSome(until: 0) {}
    for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
    return StepEnd(
      way: way ?? Self.way(status, isDone: report.isDone), findings: report.findings(step: step.title), last: report.last,
      hadLeft: report.hadLeft, touchedKeptMemory: report.touchedKeptMemory, busySeconds: busySeconds, output: Self.text(texts[0]),
      errors: Self.text(texts[1]), leftProcesses: leftProcesses)
  }

  private static func way(_ status: Int32, isDone: Bool) -> StepEnd.Way {
    let signal = status & 0x7f
    if signal != 0 { return .died(signal: signal) }
    return isDone ? .done : .exited((status >> 8) & 0xff)
  }

  private static func text(_ bytes: [UInt8]) -> String { Terminal.plainLines(String(decoding: bytes, as: UTF8.self)) }
}

// MARK: - Beginning

extension StepProcess {
  private static func pipe() throws(CommandFailure) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else { throw cannot(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return ends
  }

  private static func spawn(
    _ arguments: [String], _ environment: [String: String], report: Int32, output: Int32, errors: Int32
  ) throws(CommandFailure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe place([(output, 1), (errors, 2), (report, 3)], &actions)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe setSignals(&attributes)
    var pid = pid_t()
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var variables = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    let error = unsafe posix_spawn(&pid, arguments[0], &actions, &attributes, &words, &variables)
    guard error == 0 else { throw cannot(error) }
    return pid
  }

  /// Nothing to read, and the ends for writing where they belong; first out of the way of the numbers they are given to.
  private static func place(_ ends: [(from: Int32, to: Int32)], _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>) {
    unsafe posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)
    for end in ends { unsafe posix_spawn_file_actions_adddup2(actions, end.from, 210 + end.to) }
    for end in ends {
      unsafe posix_spawn_file_actions_adddup2(actions, 210 + end.to, end.to)
      unsafe posix_spawn_file_actions_addclose(actions, 210 + end.to)
    }
  }

  /// A process group of its own, and every signal as a fresh process has it.
  private static func setSignals(_ attributes: UnsafeMutablePointer<posix_spawnattr_t>) {
    unsafe posix_spawnattr_setpgroup(attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    unsafe posix_spawnattr_setflags(attributes, Int16(flags))
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(attributes, &none)
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigdefault(attributes, &all)
  }

  private static func cannot(_ error: Int32) -> CommandFailure {
    CommandFailure("cannot start a step of the check: \(String(posixError: error)); see 'jackfield doctor'")
  }
}

// MARK: - Going on

extension StepProcess {
  /// Whether the process has ended; then it is waited for.
  private func hasEnded(_ status: inout Int32) -> Bool {
    unsafe waitpid(pid, &status, WNOHANG) == pid
  }

  /// Ends the process and all it started.
  ///
  /// - Returns: The processor time it used, in seconds.
  private func endAll(_ status: inout Int32) -> Double {
    kill(-pid, SIGKILL)
    var usage = rusage()
    while unsafe wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
  }

  /// Reads what is there. Waits for something a little at a time, for a process may end while another one keeps its pipes open.
  ///
  /// - Returns: Whether there was anything.
  @discardableResult
  private mutating func readSome(until deadline: UInt64) -> Bool {
    var wanted = (descriptors + [Interrupt.descriptor]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let isOpen = descriptors.contains { $0 >= 0 }
    let patience: Int32 = deadline == 0 ? 0 : isOpen ? 20 : 1
    guard unsafe poll(&wanted, UInt(wanted.count), patience) > 0 else { return false }
    var hasRead = false
    for (index, entry) in wanted.prefix(3).enumerated() where entry.fd >= 0 && entry.revents != 0 {
      hasRead = read(index) || hasRead
    }
    return hasRead
  }

  /// Reads from one of the pipes; `false` at its end.
  private mutating func read(_ index: Int) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe Glibc.read(descriptors[index], &chunk, chunk.count)
    guard count > 0 else {
      guard count == 0 || errno != EAGAIN else { return false }
      close(descriptors[index])
      descriptors[index] = -1
      return false
    }
    if index == 0 {
      report.take(chunk[..<count])
    } else {
      texts[index - 1] += chunk.prefix(min(count, Self.longestText - texts[index - 1].count))
    }
    return true
  }
}
