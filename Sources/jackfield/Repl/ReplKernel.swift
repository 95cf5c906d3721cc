// SPDX-License-Identifier: Apache-2.0
import EditLine
import JSON

/// The kernel a session talks to, by questions that cost no run.
struct ReplKernel {
  let home: String?
  let id: String
  let name: String
  let language: String
  private(set) var count: Int

  /// Finds a file's kernel, or begins it.
  init(file: String?, input: [String: JSONValue], home: String?) throws {
    self.home = home
    let row: JSONValue
    if let kernel = input["kernel"] {
      row = try PatientCall.run("kernel.show", ["kernel": kernel], waiting: "looking for the kernel", home: home)
    } else if let file {
      let document = JSONValue.string(KernelTarget.absolute(file))
      let sessions = try ControlClient(home: home).call("session.list")["sessions"]?.arrayValue ?? []
      if sessions.contains(where: { $0["document"] == document }) {
        row = try PatientCall.run("kernel.show", ["document": document], waiting: "looking for the kernel", home: home)
      } else {
        row = try PatientCall.run(
          "kernel.start", .object(input.merging(["document": document]) { $1 }), waiting: "starting a kernel", home: home)
      }
    } else {
      throw UsageError("'repl' wants a file, or '--kernel ID'", subcommand: "repl")
    }
    guard let id = row["id"]?.stringValue else {
      throw CommandFailure("the host told no kernel's id; its Kernel plugin is another version: see 'jackfield plugins'")
    }
    self.id = id
    name = Terminal.plain(row["name"]?.stringValue ?? "a kernel")
    language = row["language"]?.stringValue ?? ""
    count = row["execution_count"]?.intValue ?? 0
  }

  mutating func counted(_ outcome: RunOutcome) {
    for run in outcome.runs { count = max(count, run["execution_count"]?.intValue ?? 0) }
  }

  /// What stands before the next line when the code is not whole; nil when it may run.
  func indent(after code: String) -> String? {
    let answer = ControlClient.answer(
      "kernel.is_complete", ["kernel": .string(id), "code": .string(code), "timeout": 1], home: home)
    guard answer?["status"] == "incomplete" else { return nil }
    // Only blanks: what a kernel says is put into the keys as if typed.
    return String((answer?["indent"]?.stringValue ?? "").filter { $0 == " " || $0 == "\t" }.prefix(200))
  }

  /// - Returns: nil when the kernel does not say, as when it is busy.
  func complete(_ code: String, cursor: Int) -> Replacement? {
    let answer = ControlClient.answer(
      "kernel.complete",
      ["kernel": .string(id), "code": .string(code), "cursor": .integer(Int64(cursor)), "timeout": 1.5], home: home)
    let texts = (answer?["matches"]?.arrayValue ?? []).compactMap(\.stringValue)
    let start = answer?["cursor_start"]?.intValue ?? cursor
    // What holds characters that a terminal obeys is no name.
    return Replacement(length: max(0, cursor - start), texts: texts.filter { !$0.isEmpty && Terminal.plain($0) == $0 })
  }

  func inspect(_ name: String, level: Int) throws -> String? {
    let answer = try ControlClient(home: home).call(
      "kernel.inspect", ["kernel": .string(id), "code": .string(name), "detail_level": .integer(Int64(level))])
    return answer["found"] == true ? MIMEText.best(answer["data"]) : nil
  }
}
