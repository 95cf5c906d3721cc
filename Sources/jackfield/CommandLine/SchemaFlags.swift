// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

/// Makes flags of a command's input schema: "--run baseline" for {"run": "baseline"}.
struct SchemaFlags {
  let command: String
  private let summary: String
  /// By name.
  private let flags: [SchemaFlag]

  /// - Parameter description: Of one command, as command/list gives it.
  init(command: String, description: JSONValue) {
    self.command = command
    summary = description["summary"]?.stringValue ?? ""
    let required = (description["input"]?["required"]?.arrayValue ?? []).compactMap(\.stringValue)
    flags = (description["input"]?["properties"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.map {
      SchemaFlag(property: $0.key, schema: $0.value, isRequired: required.contains($0.key))
    }
  }

  /// Turns words such as "--run baseline --limit 3 --no-archived" into the command's arguments.
  func parse(_ words: [String]) throws(UsageError) -> JSONValue {
    var object: [String: JSONValue] = [:]
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else { throw error("'\(word)' is not a flag of '\(command)'; flags begin with --") }
      try take(word, &rest, into: &object)
    }
    for flag in flags where flag.isRequired && object[flag.property] == nil { throw error("'\(command)' wants \(flag.name)\(about(flag))") }
    return .object(object)
  }

  private func take(_ word: String, _ rest: inout ArraySlice<String>, into object: inout [String: JSONValue]) throws(UsageError) {
    let (name, inline) = WordParser.split(word)
    guard let flag = flag(name) else {
      guard name.hasPrefix("--no-"), let flag = self.flag("--" + name.dropFirst(5)), flag.kind == .boolean else { throw unknown(name) }
      guard inline == nil else { throw error("'\(name)' takes no value") }
      object[flag.property] = false
      return
    }
    if flag.kind == .boolean, inline == nil {
      object[flag.property] = true
      return
    }
    let follows = rest.first.map { self.flag(WordParser.split($0).name) == nil } ?? false
    guard let text = inline ?? (follows ? rest.removeFirst() : nil) else { throw error("'\(name)' wants a value\(about(flag))") }
    let value: JSONValue
    do throws(SchemaFlag.Mismatch) { value = try flag.read(text) } catch {
      throw self.error("'\(name)' of '\(command)' wants \(error.wanted)")
    }
    if flag.kind == .array, let more = value.arrayValue {
      object[flag.property] = .array((object[flag.property]?.arrayValue ?? []) + more)
    } else {
      object[flag.property] = value
    }
  }

  /// A property may be written as it is, or in kebab case.
  private func flag(_ name: String) -> SchemaFlag? { flags.first { "--" + $0.property == name } ?? flags.first { $0.name == name } }

  private func unknown(_ name: String) -> UsageError {
    // Options of "call" itself come here only when they are misspelt.
    let known = flags.map(\.name)
    let near = NearMiss.hint(for: name, in: known + Subcommand.call.allOptions.map(\.name))
    let cure = !near.isEmpty ? near : known.isEmpty ? "; it takes none" : "; it has \(known.joined(separator: ", "))"
    return error("'\(command)' has no flag '\(name)'\(cure)")
  }

  private func about(_ flag: SchemaFlag) -> String { flag.summary.isEmpty ? "" : ": \(flag.summary)" }

  private func error(_ message: String) -> UsageError { UsageError(message, subcommand: "call \(command)") }

  /// What may come next, for completion: the values of a flag that waits for one, else flags.
  func candidates(previous: String?, typed: String) -> [String] {
    if let previous, let flag = flag(previous), flag.kind != .boolean { return flag.choiceTexts }
    if case (let name, _?) = WordParser.split(typed) { return (flag(name)?.choiceTexts ?? []).map { "\(name)=\($0)" } }
    return flags.map(\.name)
  }

  /// The explanation behind "call NAME --help".
  func help() -> String {
    var parts = ["usage: jackfield call \(command)\(flags.isEmpty ? "" : " [--flag value …]") [OPTIONS]"]
    if !summary.isEmpty { parts.append(HelpText.wrapped(summary)) }
    if !flags.isEmpty { parts.append("flags:\n" + HelpText.columns(flags.map { ("  " + $0.label, $0.explanation) })) }
    parts.append("options:\n" + HelpText.options(.call))
    return Terminal.plainLines(parts.joined(separator: "\n\n"))
  }
}
