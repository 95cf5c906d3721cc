// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One who is attached: an editor, a page, a terminal, another plugin.
struct Front: Sendable {
  /// A command it offers to scripts.
  struct Offer: Sendable, Hashable {
    let name: String
    /// For people.
    let title: String?
  }

  /// What it says of itself.
  struct Introduction: Sendable, Hashable {
    var name: String
    /// Absolute, without a slash at its end.
    var workspace: String?
    var capabilities: Set<FrontCapability>
    var offers: [Offer] = []
  }

  let id: String
  /// Nobody else's while it is attached.
  let name: String
  let introduction: Introduction
  let line: FrontLine
  /// Unix seconds.
  let attached: Double
  /// Counts up over all fronts: the highest was used last.
  var used: UInt64
  var answered = 0

  /// Whether this question is for it.
  func takes(_ question: FrontQuestion) -> Bool {
    guard question.kind == .command else { return introduction.capabilities.contains(question.kind) }
    return introduction.offers.contains { $0.name == question.command }
  }

  var value: JSONValue {
    [
      "front": .string(id), "name": .string(name), "workspace": introduction.workspace.map { .string($0) } ?? .null,
      "capabilities": .array(introduction.capabilities.map(\.rawValue).sorted().map { .string($0) }),
      "commands": .array(introduction.offers.map { ["name": .string($0.name), "title": $0.title.map { .string($0) } ?? .null] }),
      "attached": .number(attached), "answered": .integer(Int64(answered)), "waiting": .integer(Int64(line.waiting)),
      "dropped": .integer(Int64(line.droppedInAll)),
    ]
  }
}
