// SPDX-License-Identifier: Apache-2.0
// An earlier life of the plugin could not tell any more that its connections ended. Whoever is told its last events would take
// their trainers for connected.

internal import JSON

/// The sessions whose trainers seem to be connected by the events that an earlier life left.
struct LeftoverSessions {
  private let parser = JSONParser()
  private var names: Set<String> = []

  /// Learns from an event, in the order of publishing.
  mutating func saw(_ line: Span<UInt8>, on topic: TrainerTopic) {
    guard let event = try? parser.parse(line), let name = event["session_id"]?.string else { return }
    if topic == .disconnected { names.remove(name) } else { names.insert(name) }
  }

  /// Gives them out and forgets them.
  mutating func takeAll() -> [String] {
    defer { names = [] }
    return names.sorted()
  }
}
