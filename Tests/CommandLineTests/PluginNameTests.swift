// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import jackfield

@Suite struct PluginNameTests {
  @Test(arguments: [
    ("notes", "notes", "notes", "Notes"), ("run-notes", "run-notes", "run_notes", "RunNotes"),
    ("run_notes", "run-notes", "run_notes", "RunNotes"), ("a1-2b", "a1-2b", "a1_2b", "A12b"),
    (
      String(repeating: "x", count: 60), String(repeating: "x", count: 60), String(repeating: "x", count: 60),
      "X" + String(repeating: "x", count: 59)
    ),
  ])
  func oneNameIsWrittenAsEachPlaceWantsIt(text: String, id: String, namespace: String, module: String) throws {
    let name = try PluginName(text, language: .c)
    #expect((name.id, name.namespace, name.module) == (id, namespace, module))
  }

  private static let form = "write at most 60 lower-case letters and digits, a letter first, with '-' or '_' between, such as 'run-notes'"

  @Test(arguments: [
    "Notes", "1notes", "-notes", "notes-", "run--notes", "run.notes", "run notes", "run/notes", "../notes", "nötes", "notes\n", "__ID__",
    String(repeating: "x", count: 61),
  ])
  func otherNamesAreRefused(text: String) {
    let failure = #expect(throws: CommandFailure.self) { try PluginName(text, language: .c) }
    #expect(failure?.description == "cannot make a plugin '\(text)': \(Self.form)")
    #expect(failure?.status == 2)
  }

  @Test(arguments: [
    ("host", PluginLanguage.c, "the namespace 'host' belongs to the host; choose another, such as 'host-notes'"),
    ("config", .rust, "the namespace 'config' belongs to the host; choose another, such as 'config-notes'"),
    ("store", .swift, "in Swift there is a 'Store' already; choose another, such as 'store-notes'"),
    ("self", .swift, "in Swift there is a 'Self' already; choose another, such as 'self-notes'"),
  ])
  func takenNamesAreRefused(text: String, language: PluginLanguage, reason: String) {
    let failure = #expect(throws: CommandFailure.self) { try PluginName(text, language: language) }
    #expect(failure?.description == "cannot make a plugin '\(text)': \(reason)")
  }

  @Test func anotherLanguageTakesANameOfAModule() throws { #expect(try PluginName("store", language: .c).id == "store") }
}
