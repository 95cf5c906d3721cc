// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.rename`: gives a run the title that people see. Its id, which trainers and files know, stays.
enum RunRename {
  struct Input: Decodable, Sendable {
    var run: String
    var title: String
  }

  private static let mostCharacters = 200

  static func apply(_ input: Input, _ database: Database) throws -> WriteJob.Outcome {
    let run = try RunFinder.run(input.run, database)
    let title = try checked(input.title)
    // The empty title, and the run's own name, take a title away.
    if let title, title != input.run {
      if try RunNames.isTaken(title, database, but: run) {
        throw PluginFailure(
          "the run '\(input.run)' cannot be called '\(title)': another run is; choose another title", code: "title_taken", status: .invalid)
      }
      try database.run("UPDATE runs SET title = ?1 WHERE id = ?2", [.text(title), .integer(run)])
    } else {
      try database.run("UPDATE runs SET title = NULL WHERE id = ?1", [.integer(run)])
    }
    let name = try database.first("SELECT coalesce(title, display_name, name) FROM runs WHERE id = ?1", [.integer(run)]) { $0.text(0) }
    return WriteJob.Outcome(answer: ["run": .string(input.run), "name": JSONValue(name ?? nil)], changedRuns: [input.run])
  }

  /// The title without spaces at its ends; nil when nothing is left.
  private static func checked(_ title: String) throws -> String? {
    guard title.count <= mostCharacters, title.utf8.count <= 4 * mostCharacters else {
      throw PluginFailure(
        "the title has \(title.count) characters (\(title.utf8.count) bytes); give at most \(mostCharacters) characters",
        code: "title_too_long", status: .invalid)
    }
    for scalar in title.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .surrogate:
        throw PluginFailure(
          "the title has the control character U+\(hexadecimal(scalar.value)); give a title of one line without such",
          code: "title_invalid",
          status: .invalid)
      default: continue
      }
    }
    var trimmed = title[...]
    while trimmed.first?.isWhitespace == true { trimmed.removeFirst() }
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    return trimmed.isEmpty ? nil : String(trimmed)
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
