// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Docs/plugin-abi.md against the headers as they are, so that it cannot fall behind.
@Suite(.enabled(if: find("python3") != nil, "python3 is not installed")) struct ReferenceTests {
  private struct Snapshot: Decodable {
    struct Field: Decodable {
      var offset: Int
      var size: Int
    }

    struct Structure: Decodable {
      var size: Int
      var fields: [String: Field]
    }

    var structs: [String: Structure]
    var constants: [String: Int]
    var strings: [String: String]
    var types: [String: Int]
    var functions: [String: String]
  }

  private let page: String
  private let headers: Snapshot

  init() throws {
    page = try String(contentsOf: root.appending(path: "Docs/plugin-abi.md"), encoding: .utf8)
    let snapshot = try run(try #require(find("python3")), [root.appending(path: "Tools/abi-snapshot").path()])
    try #require(snapshot.status == 0, "\(snapshot.output)")
    headers = try JSONDecoder().decode(Snapshot.self, from: Data(snapshot.output.utf8))
  }

  /// The text below a heading, up to the next.
  private func section(_ heading: String) -> Substring? {
    guard let start = page.range(of: "\n### \(heading)\n")?.upperBound else { return nil }
    let end = page.range(of: "\n#", range: start..<page.endIndex)?.lowerBound ?? page.endIndex
    return page[start..<end]
  }

  @Test func everyFieldStandsThereWithItsOffsetAndSize() {
    #expect(headers.structs.count >= 10)
    for (name, structure) in headers.structs {
      guard let section = section("`\(name)`, \(structure.size) bytes") else {
        Issue.record("'### `\(name)`, \(structure.size) bytes' is missing")
        continue
      }
      for (field, place) in structure.fields {
        #expect(section.contains("\n| \(place.offset) | \(place.size) | `\(field)` |"), "\(name).\(field): \(place.offset), \(place.size)")
      }
      #expect(section.matches(of: #/\n\| \d+ \| \d+ \| `/#).count == structure.fields.count, "'\(name)' has fields that no header has")
    }
  }

  /// The page gives one layout for both machines; clang can compile for one it does not run on.
  @Test(.enabled(if: find("clang") != nil, "clang is not installed"), arguments: ["x86_64", "aarch64"])
  func layoutIsThatOfBothMachines(machine: String) throws {
    let asserts = headers.structs.map { name, structure in
      structure.fields.map { "_Static_assert(offsetof(\(name), \($0)) == \($1.offset), \"\(name).\($0)\");\n" }.joined()
        + "_Static_assert(sizeof(\(name)) == \(structure.size), \"\(name)\");\n"
    }
    let source = FileManager.default.temporaryDirectory.appending(path: "layout-\(UUID().uuidString).c")
    defer { try? FileManager.default.removeItem(at: source) }
    try Data(("#include <stddef.h>\n#include \"jackfield.h\"\n" + asserts.joined()).utf8).write(to: source)
    let result = try run(
      try #require(find("clang")),
      [
        "--target=\(machine)-unknown-linux-gnu", "-ffreestanding", "-std=c11", "-fsyntax-only", "-I",
        root.appending(path: "Sources/PluginAPI/include").path(), source.path(),
      ])
    #expect(result.status == 0, "\(result.output)")
  }

  @Test func everyConstantAndTypeStandsThereWithItsValue() {
    #expect(headers.constants.count >= 40)
    for (name, value) in headers.constants { #expect(page.contains("\n| `\(name)` | \(value) |"), "\(name) is \(value)") }
    for (name, size) in headers.types { #expect(page.contains("\n| `\(name)` | \(size) |"), "\(name) has \(size) bytes") }
    let named = page.matches(of: #/\n\| `(JF_\w+)` \|/#).map { String($0.1) }
    #expect(named.filter { headers.constants[$0] == nil && headers.strings[$0] == nil } == [])
  }

  @Test func everyIdStandsThere() {
    for (name, text) in headers.strings { #expect(page.contains("`\(name)`") && page.contains(text), "\(name)") }
  }

  /// Each function pointer of a table is described somewhere with its name and its arguments' types in order.
  @Test func everyFunctionStandsThereWithItsArguments() throws {
    let signatures = page.matches(of: #/`(?:const )?\w+ \*?(\w+)\(([^`]*)\)`/#).map { (name: String($0.1), arguments: String($0.2)) }
    for (table, structure) in try declarations() {
      for (field, declaration) in structure {
        guard let match = declaration.firstMatch(of: #/\(\*\w+\)\((.*)\)$/#) else { continue }
        let wanted = types(String(match.1))
        #expect(signatures.contains { $0.name == field && types($0.arguments) == wanted }, "\(table).\(field)(\(match.1))")
      }
    }
    for name in headers.functions.keys { #expect(signatures.contains { $0.name == name }, "\(name)") }
  }

  /// The declared types of all fields, by struct.
  private func declarations() throws -> [String: [String: String]] {
    struct Declared: Decodable {
      struct Field: Decodable { var declaration: String }
      struct Structure: Decodable { var fields: [String: Field] }
      var structs: [String: Structure]
    }
    let snapshot = try run(try #require(find("python3")), [root.appending(path: "Tools/abi-snapshot").path()])
    let declared = try JSONDecoder().decode(Declared.self, from: Data(snapshot.output.utf8))
    return declared.structs.mapValues { $0.fields.mapValues(\.declaration) }
  }

  /// "jf_call call, uint32_t content" and "jf_call, uint32_t content" as the words that are types.
  private func types(_ arguments: String) -> [String] {
    arguments.split(separator: ",").map { argument in
      let words = argument.replacing("const ", with: "").split { $0 == " " || $0 == "*" }
      let stars = argument.filter { $0 == "*" }
      return "\(words.first ?? "")\(stars)"
    }
  }
}
