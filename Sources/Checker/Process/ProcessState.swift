// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import PluginTestKit

/// What belongs to the whole process or to the thread that looks: a plugin is a guest in both.
struct ProcessState {
  /// Handler and flags by the signal's number.
  var handlers: [Int32: SignalAction]
  /// Signals that this thread does not take.
  var blocked: UInt64
  var floatingPoint: FloatingPointControl
  var workingDirectory: String
  var umask: String
  var locale: String
  var environment: [String]
  var limits: [String]
  /// Device and inode of what lies at descriptor 3; empty when it is closed.
  var hostLine: String

  init() {
    handlers = SignalAction.all()
    blocked = SignalAction.blocked()
    floatingPoint = .current()
    workingDirectory = FileManager.default.currentDirectoryPath
    umask = ProcessFiles.field("Umask", of: "/proc/self/status") ?? ""
    locale = ProcessFacts.locale()
    environment = ProcessFacts.environment()
    limits = ProcessFacts.limits()
    hostLine = ProcessFacts.identity(ofDescriptor: 3)
  }

  /// What is different from what it was before.
  ///
  /// - Parameter actor: Who ran in between: "create".
  func findings(since before: ProcessState, by actor: String) -> [Finding] {
    var findings: [Finding] = []
    func add(_ rule: String, _ seen: String, _ fix: String) { findings.append(Finding(rule: rule, seen: "\(actor) \(seen)", fix: fix)) }

    for number in handlers.keys.sorted() where handlers[number] != before.handlers[number] {
      add(
        "signal handlers are the host's", "changed what happens at \(SignalName.of(number))",
        "leave signals alone; a library that insists must be told not to")
    }
    if blocked != before.blocked {
      add("the signal mask of the host's thread stays", "changed it", "restore it with pthread_sigmask before you return")
    }
    if floatingPoint != before.floatingPoint {
      add(
        "the floating-point mode of the host's thread stays", "changed rounding, denormal numbers or traps",
        "do not link with -ffast-math; set modes on threads of your own")
    }
    if workingDirectory != before.workingDirectory {
      add(
        "the working directory stays", "changed it to '\(workingDirectory)'",
        "use absolute paths, from jf.paths/1")
    }
    if umask != before.umask { add("the umask stays", "changed it from \(before.umask) to \(umask)", "give modes to open and mkdir") }
    if locale != before.locale {
      add("the locale stays", "changed it from '\(before.locale)' to '\(locale)'", "use newlocale and the functions that take a locale")
    }
    let changed = Set(environment).symmetricDifference(before.environment).map { $0.prefix { $0 != "=" } }
    if !changed.isEmpty {
      add("the environment stays", "changed \(Set(changed).sorted().joined(separator: ", "))", "keep your settings in your configuration")
    }
    for (now, old) in zip(limits, before.limits) where now != old {
      add("the process limits stay", "changed '\(old)' to '\(now)'", "leave setrlimit to who starts the host")
    }
    if hostLine != before.hostLine {
      add(
        "descriptors that are not yours stay open",
        hostLine.isEmpty ? "closed descriptor 3, which is the host's line" : "replaced descriptor 3",
        "close only what you opened, once")
    }
    return findings
  }
}
