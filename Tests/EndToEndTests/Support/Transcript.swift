// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON

/// What passed between a host and one plugin, without what differs from run to run: times, ids, how independent threads interleave, and
/// pings, which come by the clock.
struct Transcript {
  /// Creating, starting, stopping, and what belongs to no call and no topic, in order.
  private(set) var life: [String] = []
  /// Two lists for each call, in the order in which they began: what the host did, and what the plugin did.
  private(set) var calls: [[String]] = []
  /// One list for each topic that was published to, by the topic's name.
  private(set) var topics: [String: [String]] = [:]

  /// - Parameter hidden: Texts such as the home's path.
  init(_ path: String, hiding hidden: [String]) throws {
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    var lanes: [String: Int] = [:]
    var names: [String: String] = [:]
    var isPing = false
    for line in text.split(separator: "\n") {
      let crossing = try JSONValue(parsing: String(line))
      // Its answer is the next line of the host's thread.
      if isPing, crossing["what"] == "event returned" {
        isPing = false
        continue
      }
      if crossing["kind"]?.intValue == 9 {
        isPing = true
        continue
      }
      let shown = Self.shown(crossing, hiding: hidden)
      if let id = crossing["topic"]?.stringValue {
        if let name = crossing["name"]?.stringValue { names[id] = name }
        topics[names[id] ?? "?", default: []].append(shown)
      } else if let id = crossing["call"]?.stringValue {
        if lanes[id] == nil {
          lanes[id] = calls.count
          calls += [[], []]
        }
        calls[(lanes[id] ?? 0) + (crossing["who"] == "host" ? 0 : 1)].append(shown)
      } else {
        life.append(shown)
      }
    }
  }

  private static func shown(_ crossing: JSONValue, hiding hidden: [String]) -> String {
    var members = crossing.objectValue ?? [:]
    for key in ["t", "call", "topic"] { members[key] = nil }
    var text = JSONValue.object(members).serialized()
    for secret in hidden { text = text.replacing(secret, with: "…") }
    return text.replacing(/\d{4,}(\.\d+)?|\d+\.\d+/, with: "#")
  }

  /// The first thing that is not the same in both, as two lines; nil when all is.
  func difference(from other: Transcript, calls count: Int) -> String? {
    if let difference = Self.difference("life", life, other.life) { return difference }
    // Of the calls that are compared.
    for (index, (ours, theirs)) in zip(calls, other.calls).prefix(2 * count).enumerated() {
      if let difference = Self.difference("call \(index / 2)", ours, theirs) { return difference }
    }
    guard min(calls.count, other.calls.count) >= 2 * count else { return "only \(calls.count / 2) and \(other.calls.count / 2) calls" }
    for name in Set(topics.keys).union(other.topics.keys).sorted() {
      if let difference = Self.difference(name, topics[name] ?? [], other.topics[name] ?? []) { return difference }
    }
    return nil
  }

  private static func difference(_ what: String, _ ours: [String], _ theirs: [String]) -> String? {
    let longest = max(ours.count, theirs.count)
    let pairs = (0..<longest).map { ($0 < ours.count ? ours[$0] : "nothing", $0 < theirs.count ? theirs[$0] : "nothing") }
    return pairs.first { $0 != $1 }.map { "\(what):\n  \($0)\n  \($1)" }
  }
}
