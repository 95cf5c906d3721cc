// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

/// One rule that a plugin does not keep, and in which step that was seen.
struct CheckFinding: Hashable {
  enum Severity: String {
    case fault
    case advice
  }

  var rule: String
  var seen: String
  var fix: String
  var severity = Severity.fault
  var step: String

  var sentence: String { "\(severity.rawValue): \(rule): \(seen); \(fix)" }

  /// Whether two findings of one rule differ in nothing but numbers.
  func isTheSame(as other: CheckFinding) -> Bool {
    seen.filter { !$0.isNumber } == other.seen.filter { !$0.isNumber } && fix == other.fix
  }

  var json: JSONValue {
    [
      "rule": .string(rule), "seen": .string(seen), "fix": .string(fix), "severity": .string(severity.rawValue), "step": .string(step),
      "message": .string(sentence),
    ]
  }
}

extension CheckFinding {
  static let staticStep = "static"

  /// What was found without running anything; its sentences end with what to do.
  init(_ finding: PluginInspection.Finding) {
    let parts = finding.description.split(separator: "; ", maxSplits: 1).map(String.init)
    self.init(
      rule: finding.severity == .fault ? "the host lets the plugin in" : "the library keeps to itself",
      seen: parts.first ?? "", fix: parts.count > 1 ? parts[1] : "see the guide",
      severity: finding.severity == .fault ? .fault : .advice, step: Self.staticStep)
  }

  /// A line that `jackfield-check` wrote; nil for other lines.
  init?(_ line: JSONValue, step: String) {
    guard let rule = line["rule"]?.stringValue else { return nil }
    self.init(
      rule: rule, seen: line["seen"]?.stringValue ?? "", fix: line["fix"]?.stringValue ?? "",
      severity: Severity(rawValue: line["severity"]?.stringValue ?? "") ?? .fault, step: step)
  }
}
