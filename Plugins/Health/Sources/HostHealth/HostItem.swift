// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One thing of the host that was looked at.
struct HostItem: Sendable {
  var item: String
  var judgement: Judgement
  var fields: [String: JSONValue] = [:]

  var description: JSONValue {
    [
      "item": .string(item), "verdict": .string(judgement.verdict.rawValue), "sentence": .string(judgement.sentence),
      "fields": .object(fields),
    ]
  }

  /// A part that did not answer.
  static func unknown(_ item: String, _ command: String, _ error: any Error) -> HostItem {
    HostItem(item: item, judgement: Judgement(.error, "Not known: '\(command)' did not answer: \("\(error)".shown(400))"))
  }
}
