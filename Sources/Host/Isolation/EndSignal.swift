// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A signal that ended a process, as people know it.
enum EndSignal {
  static func name(_ number: Int32) -> String { known[number]?.name ?? "signal \(number)" }

  /// What it means; nil for signals that tell nothing of the process.
  static func meaning(_ number: Int32) -> String? { known[number]?.meaning }

  private static let known: [Int32: (name: String, meaning: String?)] = [
    SIGHUP: ("SIGHUP", nil), SIGINT: ("SIGINT", nil), SIGQUIT: ("SIGQUIT", nil), SIGTERM: ("SIGTERM", "it was asked to end"),
    SIGKILL: ("SIGKILL", "it was killed, by somebody or because memory ran out"), SIGALRM: ("SIGALRM", nil), SIGPIPE: ("SIGPIPE", nil),
    SIGUSR1: ("SIGUSR1", nil), SIGUSR2: ("SIGUSR2", nil),
    SIGSEGV: ("SIGSEGV", "it touched memory that is not there"), SIGBUS: ("SIGBUS", "it touched memory whose file is not there any more"),
    SIGILL: ("SIGILL", "an instruction that there is none of, which is how a Swift program stops itself"),
    SIGTRAP: ("SIGTRAP", "it stopped itself"), SIGABRT: ("SIGABRT", "it stopped itself"), SIGFPE: ("SIGFPE", "it divided by zero"),
    SIGSYS: ("SIGSYS", "it made a system call that it may not make"), SIGXCPU: ("SIGXCPU", "it used up its processor time"),
    SIGXFSZ: ("SIGXFSZ", "it wrote a file larger than it may"),
  ]
}
