// SPDX-License-Identifier: Apache-2.0

/// The words of one command line, sorted.
struct Invocation: Sendable {
  var subcommand: Subcommand
  var arguments: [String] = []
  /// Values of options by name; a switch has one empty value.
  var options: [String: [String]] = [:]
  /// Words that only the verb can understand, in order.
  var others: [String] = []

  func has(_ name: String) -> Bool { options[name] != nil }
  func value(_ name: String) -> String? { options[name]?.last }
  func values(_ name: String) -> [String] { options[name] ?? [] }

  /// The host's directory as asked for; nil for the XDG directories.
  var home: String? { value("--home") ?? Environment.value("JACKFIELD_HOME") }
  var wantsJSON: Bool { has("--json") }

  /// Takes the arguments when there are as many as the verb wants.
  func arguments(_ count: ClosedRange<Int>) throws(UsageError) -> [String] {
    guard count.contains(arguments.count) else {
      let wanted = count.upperBound == 0 ? "takes no arguments" : "wants \(subcommand.arguments)"
      throw UsageError("'jackfield \(subcommand.name)' \(wanted); \(arguments.count) given", subcommand: subcommand.name)
    }
    return arguments
  }
}
