// SPDX-License-Identifier: Apache-2.0

/// The names of top-level members seen so far: those of the envelope, and all others.
struct FieldNames {
  /// What a name stands for.
  enum Field {
    case type, session, run, text, seq, ts, step, epoch, generation
    /// Anything else; its number.
    case metric(Int)
    /// A new name after so many that no more are learnt.
    case beyondLimit
  }

  /// How many names are learnt in all; more come only from somebody who makes them up.
  private static let limit = 200_000
  private static let envelope: [(StaticString, Field)] = [
    ("type", .type), ("session_id", .session), ("run_id", .run), ("text", .text), ("event_seq", .seq), ("ts", .ts),
    ("step", .step), ("epoch", .epoch), ("run_gen", .generation),
  ]

  private var names = Interner()

  init() {
    for (name, _) in Self.envelope { _ = names.index(of: Array("\(name)".utf8).span) }
  }

  /// How many numbers of metrics were given out.
  var metricCount: Int { names.count - Self.envelope.count }

  /// What a name stands for, learning it.
  mutating func field(_ name: Span<UInt8>) -> Field {
    if names.count >= Self.limit, names.find(name) == nil { return .beyondLimit }
    let index = names.index(of: name)
    return index < Self.envelope.count ? Self.envelope[index].1 : .metric(index - Self.envelope.count)
  }

  /// The text of a metric's number.
  func metric(_ number: Int) -> String { names.text(number + Self.envelope.count) }
}
