// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// What the others are to hear of commits: gathered while nobody may be told, told when there is room.
struct Announcements {
  /// At most one `runs.changed` in that time, in nanoseconds; what changes meanwhile is in the next.
  private static let runsSpacing: UInt64 = 100_000_000

  private let committedTopic: Topic
  private let runsTopic: Topic
  private var committed: [String: JSONValue] = [:]
  private var runs: Set<String> = []
  private var runsToldAt: UInt64 = 0

  init(_ context: PluginContext) throws {
    committedTopic = try context.topic("store.committed")
    runsTopic = try context.topic("runs.changed")
  }

  /// When to look again, in monotonic nanoseconds; nil when nothing waits.
  var dueAt: UInt64? {
    if !committed.isEmpty { return MonotonicClock.now + Self.runsSpacing }
    return runs.isEmpty ? nil : runsToldAt + Self.runsSpacing
  }

  /// Takes a commit in.
  mutating func add(sessions: [SessionRecord], runs changed: [RunRecord]) {
    for session in sessions where !session.name.isEmpty { committed[session.name] = .integer(session.lastSeq) }
    for run in changed { runs.insert(run.name) }
  }

  /// Takes in runs that a job changed.
  mutating func add(runs changed: [String]) { runs.formUnion(changed) }

  /// Publishes what waits; what finds no room waits on.
  mutating func tell(evenEarly: Bool = false) {
    if !committed.isEmpty, publish(["sessions": .object(committed)], on: committedTopic) { committed.removeAll() }
    guard !runs.isEmpty, evenEarly || MonotonicClock.now >= runsToldAt + Self.runsSpacing else { return }
    guard publish(["runs": .array(runs.sorted().map { .string($0) })], on: runsTopic) else { return }
    runs.removeAll()
    runsToldAt = MonotonicClock.now
  }

  private func publish(_ value: JSONValue, on topic: Topic) -> Bool {
    // A failure means that the host goes down or the text is over its limit: to keep it would help neither.
    (try? topic.tryPublish(bytes: value.bytes())) ?? true
  }
}
