// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Compares the headers with every level released before. Needs python3, as `Tools/abi-snapshot` does.
@Suite(.enabled(if: find("python3") != nil, "python3 is not installed")) struct LevelTests {
  private static let include = root.appending(path: "Sources/PluginAPI/include")

  @Test func headersKeepEveryLevel() throws {
    let result = try check(Self.include)
    #expect(result.status == 0, "\(result.output)")
  }

  /// One change to a copy of the headers, and what must be said about it; no sentence for a change that is allowed.
  struct Change: Sendable, CustomTestStringConvertible {
    let file: String
    let from: String
    let to: String
    let sentence: String
    var testDescription: String { to }
  }

  private static let addAtTheEnd = "put new fields at the end of the table under a 'since' line, or make a revision /2 beside this one"

  private static let breaches = [
    Change(
      file: "plugin.h", from: "  jf_call call;\n", to: "  uint64_t inserted;\n  jf_call call;\n",
      sentence: "level 1.0: the offset of 'jf_event.call' went from 8 to 16; \(addAtTheEnd)"),
    Change(
      file: "base.h", from: "JF_E_AGAIN = -8,", to: "JF_E_AGAIN = -80,",
      sentence: "level 1.0: 'JF_E_AGAIN' went from -8 to -80; give it its value back and add a new name for the new meaning"),
    Change(
      file: "services/log.h", from: "JF_LOG_1 \"jf.log/1\"", to: "JF_LOG_1 \"jf.logs/1\"",
      sentence: "level 1.0: the id JF_LOG_1 went from 'jf.log/1' to 'jf.logs/1'; an id is for ever: make 'jf.log/2' beside it"),
    Change(
      file: "host.h", from: "uint64_t chunks);", to: "uint32_t chunks);",
      sentence:
        "level 1.0: 'jf_host.call_grant' went from 'jf_status(*call_grant)(jf_instance*instance,jf_call call,uint64_t chunks)' to 'jf_status(*call_grant)(jf_instance*instance,jf_call call,uint32_t chunks)'; leave it and \(addAtTheEnd)"
    ),
    Change(
      file: "base.h", from: "  uint64_t length;\n} jf_text;", to: "  uint64_t length;\n  uint64_t hash;\n} jf_text;",
      sentence: "level 1.0: struct 'jf_text' has no 'size' and went from 16 to 24 bytes; it can never grow: make a new struct"),
    Change(
      file: "base.h", from: "typedef uint64_t jf_topic;", to: "typedef uint32_t jf_topic;",
      sentence: "level 1.0: type 'jf_topic' went from 8 to 4 bytes; give it its size back and add a new type"),
    Change(
      file: "plugin.h", from: "  JF_EVENT_PING = 9", to: "",
      sentence: "level 1.0: 'JF_EVENT_PING' is gone; put it back with the value 9"),
    Change(
      file: "plugin.h", from: "jf_plugin_entry_1(void);", to: "jf_plugin_entry_1(int flags);",
      sentence:
        "level 1.0: function 'jf_plugin_entry_1' went from 'const jf_plugin*jf_plugin_entry_1(void)' to 'const jf_plugin*jf_plugin_entry_1(int flags)'; a new major is a new function beside it"
    ),
  ]

  @Test(arguments: breaches) func breachIsFoundAndExplained(change: Change) throws {
    let result = try check(changed: change)
    #expect(result.status == 1)
    #expect(result.output.split(separator: "\n").contains(Substring(change.sentence)), "\(result.output)")
  }

  private static let additions = [
    Change(file: "base.h", from: "JF_ABI_MINOR 0u", to: "JF_ABI_MINOR 1u", sentence: ""),
    Change(file: "base.h", from: "JF_E_BUSY = -13", to: "JF_E_BUSY = -13, JF_E_NEW = -14", sentence: ""),
    Change(
      file: "plugin.h", from: "  jf_bytes payload;\n} jf_event;", to: "  jf_bytes payload;\n  uint64_t more;\n} jf_event;", sentence: ""),
    Change(file: "host.h", from: "} jf_host;", to: "  jf_status (*more)(jf_instance *instance);\n} jf_host;", sentence: ""),
  ]

  @Test(arguments: additions) func additionIsAllowed(change: Change) throws {
    let result = try check(changed: change)
    #expect(result.status == 0, "\(result.output)")
  }

  private func check(changed change: Change) throws -> CommandResult {
    let copy = FileManager.default.temporaryDirectory.appending(path: "include-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: Self.include, to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    let file = copy.appending(path: "jackfield/\(change.file)")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.contains(change.from), "the test does not know the header any more")
    try Data(text.replacing(change.from, with: change.to).utf8).write(to: file)
    return try check(copy)
  }

  private func check(_ include: URL) throws -> CommandResult {
    let python = try #require(find("python3"))
    return try run(python, [root.appending(path: "Tools/abi-snapshot").path(), "--check", "--include", include.path()])
  }
}
