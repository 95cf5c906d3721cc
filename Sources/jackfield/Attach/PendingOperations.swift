// SPDX-License-Identifier: Apache-2.0
import JSON

/// What scripts wait for beyond their questions, as a person sees and answers it.
struct PendingOperations {
  private var rows: [JSONValue] = []

  /// Reads the list anew.
  ///
  /// - Returns: Lines to show; nil when the host has no such list.
  mutating func list(_ link: FrontLink) -> [String]? {
    let (answer, failure) = link.call("bridge.pending", [:])
    if let failure { return failure.data?["status"] == "not_found" ? nil : [ScriptText.line(failure.description)] }
    rows = answer?["operations"]?.arrayValue ?? []
    return rows.enumerated().map { line($0.offset + 1, $0.element) }
  }

  private func line(_ number: Int, _ row: JSONValue) -> String {
    let texts = ["type", "name", "run_name"].map { ScriptText.line(row[$0]?.stringValue ?? "", 60) }
    return "\(TextLayout.padded("\(number)", to: 4, right: true))  \(texts[0])\(texts[1].isEmpty ? "" : "  \(texts[1])")  of \(texts[2])"
  }

  /// Answers one: `result` is JSON, or a text when it is none.
  ///
  /// - Returns: What came of it.
  func submit(_ number: Int, _ text: String, _ link: FrontLink) -> String {
    send("bridge.submit", number, ["result": (try? JSONValue(parsing: text)) ?? .string(text)], link, "submitted")
  }

  func cancel(_ number: Int, _ link: FrontLink) -> String { send("bridge.cancel", number, [:], link, "cancelled") }

  private func send(_ command: String, _ number: Int, _ members: JSONValue, _ link: FrontLink, _ done: String) -> String {
    guard rows.indices.contains(number &- 1) else { return "there is no operation \(number); \"p\" lists them" }
    var input = members
    input["by"] = .string(link.name)
    for name in ["operation", "run"] { input[name] = rows[number - 1][name] }
    let failure = link.call(command, input).failure
    return failure.map { ScriptText.line($0.description) } ?? done
  }
}
