// SPDX-License-Identifier: Apache-2.0

/// In which order plugins start: each after those it requires, and after those it wants to come after if they are there.
package struct ActivationOrder: Sendable {
  package struct Node: Sendable {
    package var id: String
    package var version: SemanticVersion
    package var requires: [(id: String, versions: VersionRange)]
    package var after: [String]

    package init(id: String, version: SemanticVersion, requires: [(id: String, versions: VersionRange)] = [], after: [String] = []) {
      self.id = id
      self.version = version
      self.requires = requires
      self.after = after
    }
  }

  /// Ids in the order of starting; of several possible orders the one nearest to the alphabet.
  package private(set) var order: [String] = []
  /// Why a plugin cannot start, by its id, in one sentence.
  package private(set) var refused: [String: String] = [:]

  /// - Parameter absent: Why a plugin that may be required is not among the nodes: "is disabled", "was refused".
  package init(_ nodes: [Node], absent: [String: String] = [:]) {
    var left = Dictionary(nodes.map { ($0.id, $0) }) { first, _ in first }
    refuseUnsatisfied(&left, absent)
    refuseCycles(&left, absent)
    while let next = left.values.filter({ isFree($0, among: left) }).map(\.id).min() ?? left.keys.min() {
      order.append(next)
      left[next] = nil
    }
  }

  /// Refuses what requires something that is not there, until nothing more falls.
  private mutating func refuseUnsatisfied(_ left: inout [String: Node], _ absent: [String: String]) {
    while let (id, reason) = firstUnmet(left, absent) {
      refused[id] = reason
      left[id] = nil
    }
  }

  private func firstUnmet(_ left: [String: Node], _ absent: [String: String]) -> (String, String)? {
    for node in left.values.sorted(by: { $0.id < $1.id }) {
      if let reason = unmet(node, left, absent) { return (node.id, reason) }
    }
    return nil
  }

  private func unmet(_ node: Node, _ left: [String: Node], _ absent: [String: String]) -> String? {
    for wanted in node.requires {
      guard let other = left[wanted.id] else {
        let why = refused[wanted.id].map { _ in "was refused" } ?? absent[wanted.id] ?? "is not there"
        return "plugin '\(node.id)' requires '\(wanted.id)', which \(why); add or enable it, or disable '\(node.id)'"
      }
      guard wanted.versions.contains(other.version) else {
        return
          "plugin '\(node.id)' requires '\(wanted.id)' \(wanted.versions), and \(other.version) is there; install a version that fits"
      }
    }
    return nil
  }

  private mutating func refuseCycles(_ left: inout [String: Node], _ absent: [String: String]) {
    for id in left.keys.sorted() {
      guard let cycle = Self.cycle(from: id, left) else { continue }
      let sentence = "plugins require each other in a circle: \(cycle.joined(separator: " → ")); take one 'requires' out of its plugin.json"
      for member in Set(cycle) {
        refused[member] = sentence
        left[member] = nil
      }
    }
    refuseUnsatisfied(&left, absent)
  }

  /// The way from a plugin back to itself along `requires`, both ends named; nil when there is none.
  private static func cycle(from start: String, _ nodes: [String: Node]) -> [String]? {
    var seen: Set<String> = []
    func way(from id: String, _ path: [String]) -> [String]? {
      for wanted in (nodes[id]?.requires.map(\.id) ?? []).sorted() {
        if wanted == start { return path + [start] }
        if seen.insert(wanted).inserted, let found = way(from: wanted, path + [wanted]) { return found }
      }
      return nil
    }
    return way(from: start, [start])
  }

  /// Whether nothing that is left must come before. `after` alone never keeps a plugin from starting: a circle of it is cut.
  private func isFree(_ node: Node, among left: [String: Node]) -> Bool {
    node.requires.allSatisfy { left[$0.id] == nil } && node.after.allSatisfy { left[$0] == nil || $0 == node.id }
  }
}
