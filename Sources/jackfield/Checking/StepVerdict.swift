// SPDX-License-Identifier: Apache-2.0

/// Turns the end of a step into findings.
struct StepVerdict {
  let step: CheckStep
  let end: StepEnd
  let seed: Int
  let limitSeconds: Double

  var findings: [CheckFinding] { end.findings + [ending, leftovers].compactMap { $0 } + prints }

  /// Whether the step was cut short.
  var isCut: Bool { end.way != .done }

  private var ending: CheckFinding? {
    switch end.way {
    case .done, .interrupted: nil
    case .died(let signal): death(SignalNames.name(signal))
    case .exited(let status):
      finding(
        "a plugin does not end its process", "it exited with status \(status) \(place)\(words)",
        "return a status instead; look for exit(), also in the libraries it uses")
    case .overdue where end.hadLeft: slowness
    case .overdue:
      finding(
        "every function returns soon", "nothing had come back after \(Self.text(limitSeconds)) s \(place), \(busy)",
        "do not wait in functions that the host calls: begin the work, return, and go on when the event comes")
    }
  }

  /// The host was not inside the plugin: it waited for it, or had too much to do.
  private var slowness: CheckFinding {
    var advice = finding(
      "a step ends in time", "it was not over after \(Self.text(limitSeconds)) s, \(place), \(busy)",
      "see why calls take so long, or give the check more time with --time-limit")
    advice.severity = .advice
    return advice
  }

  private func death(_ signal: String) -> CheckFinding {
    guard !end.touchedKeptMemory else {
      return finding(
        "borrowed memory is not touched after the call", "it was \(place)", "copy what you want to keep before the function returns")
    }
    return finding(
      "a plugin does not crash", "it died of \(signal) \(place)\(words)",
      "build it with -fsanitize=address or look with a debugger; 'plugins check --seed \(seed)' does exactly the same again")
  }

  private var leftovers: CheckFinding? {
    guard end.leftProcesses, !end.findings.contains(where: { $0.rule == "no process is left behind" }) else { return nil }
    return finding(
      "no process is left behind", "some still ran after the step",
      "end and wait for your child processes in 'stop'; never fork without exec")
  }

  private var prints: [CheckFinding] {
    // A dying Swift program says why on standard error; that stands in its sentence already.
    [("output", end.output), ("error", isCut ? "" : end.errors)].filter { !$0.1.isEmpty }.map { name, text in
      var advice = finding(
        "a plugin prints nothing", "on standard \(name) it printed '\(Self.firstLine(text))'", "write to the host's log with jf.log/1")
      advice.severity = .advice
      return advice
    }
  }

  private func finding(_ rule: String, _ seen: String, _ fix: String) -> CheckFinding {
    CheckFinding(rule: rule, seen: seen, fix: fix, step: step.title)
  }

  /// "in create", "after stop".
  private var place: String {
    end.last.isEmpty ? "before the plugin was loaded" : "\(end.hadLeft ? "after" : "in") \(Self.firstLine(end.last))"
  }

  /// What it said at last, as the end of a sentence.
  private var words: String { end.errors.isEmpty ? "" : ", and said '\(Self.firstLine(end.errors))'" }

  private var busy: String {
    end.busySeconds > limitSeconds / 10 ? "and the processor was busy all the time" : "and it was waiting"
  }

  private static func firstLine(_ text: String) -> String {
    let line = text.split(separator: "\n").first.map(String.init) ?? ""
    return line.count > 200 ? "\(line.prefix(200))…" : line
  }

  private static func text(_ seconds: Double) -> String { seconds.rounded() == seconds ? "\(Int(seconds))" : "\(seconds)" }
}
