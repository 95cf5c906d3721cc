// SPDX-License-Identifier: Apache-2.0
import JSON

/// What `jackfield exec` is to run, as the input of `code.run`.
struct ExecOrder {
  let input: JSONValue

  private static let places = ["--cell", "--top", "--all", "--above", "--below", "--selection"]

  /// - Parameter read: Reads code from standard input.
  init(_ invocation: Invocation, read: () throws -> String) throws {
    let argument = try invocation.arguments(0...1).first
    var input = KernelTarget.input(invocation)
    input["client"] = .string(invocation.value("--client") ?? "cli")
    if invocation.has("--no-wait") { input["wait"] = false }
    if invocation.has("--keep-going") { input["stop_on_error"] = false }
    let target = try argument.map { argument in
      guard !argument.isEmpty else { throw Self.error("'exec' wants the name of a file") }
      return KernelTarget.split(argument)
    }
    if let target { input["document"] = .string(KernelTarget.absolute(target.file)) }
    let places = Self.places.filter(invocation.has)
    guard places.count < 2 else { throw Self.error("'\(places[0])' and '\(places[1])' do not go together; give one of them") }
    if let code = invocation.value("--code") {
      guard places.isEmpty, target?.line == nil else {
        throw Self.error("'--code' runs what it says, and no lines of a file; leave '\(places.first ?? "LINE")' away")
      }
      input["code"] = .string(code == "-" ? try read() : code)
    } else {
      guard let target else { throw Self.error("'exec' wants a file, or '--code TEXT'") }
      for (name, value) in try Self.lines(invocation, target.line, places.first) { input[name] = value }
    }
    self.input = .object(input)
  }

  private static func lines(_ invocation: Invocation, _ line: Int?, _ place: String?) throws(UsageError) -> [String: JSONValue] {
    if let line, line < 1 { throw error("lines are counted from 1") }
    if place == "--selection" {
      guard line == nil else { throw error("'--selection' says the lines itself; leave ':\(line ?? 0)' away") }
      return try selection(invocation.value("--selection") ?? "")
    }
    let mode = place.map { String($0.dropFirst(2)) } ?? (line == nil ? "all" : "statement")
    guard mode != "all" else {
      if let line, place != nil { throw error("'--all' needs no line; leave ':\(line)' away") }
      return ["mode": "all"]
    }
    guard let line else { throw error("'--\(mode)' wants a line: FILE:LINE") }
    return ["mode": .string(mode), "line": .integer(Int64(line))]
  }

  /// "A-B", or one line.
  private static func selection(_ text: String) throws(UsageError) -> [String: JSONValue] {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count <= 2, let first = parts.first ?? nil, let last = parts.last ?? nil, first >= 1, last >= first else {
      throw error("'--selection' wants two lines from 1 on, such as 3-8, not '\(text)'")
    }
    return ["mode": "lines", "first_line": .integer(Int64(first)), "last_line": .integer(Int64(last))]
  }

  private static func error(_ text: String) -> UsageError { UsageError(text, subcommand: "exec") }
}
