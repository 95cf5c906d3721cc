// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One event taken apart in a single walk over its members: the envelope, and every number as a possible metric.
struct EventFields {
  /// A top-level number.
  struct Value {
    /// In `FieldNames`.
    var name: Int
    var number: Double
  }

  var type: JSONElement?
  var session: JSONElement?
  var run: JSONElement?
  var text: JSONElement?
  var seq: Int64?
  var ts: Double?
  var step: Int64?
  var epoch: Int64?
  /// No two of one name: the first counts. Kept from one event to the next, to keep its memory.
  private(set) var values: [Value] = []
  /// By a metric's number in `FieldNames`: the last event that had it.
  private var lastSeen: [Int] = []
  private var eventCount = 0
  /// Numbers under names beyond the limit of `FieldNames`.
  var unnamed = 0

  /// Forgets the event before and walks over this one.
  mutating func read(_ event: JSONElement, naming names: inout FieldNames) {
    type = nil
    session = nil
    run = nil
    text = nil
    seq = nil
    ts = nil
    step = nil
    epoch = nil
    unnamed = 0
    values.removeAll(keepingCapacity: true)
    eventCount += 1
    event.forEachMemberBytes { name, value in
      let kind = value.kind
      switch names.field(name) {
      case .type: type = value
      case .session: session = value
      case .run: run = value
      case .text: text = value
      case .seq: seq = value.int
      case .ts: ts = value.double
      case .step: step = value.wholeNumber
      case .epoch: epoch = value.wholeNumber
      case .generation: break
      case .metric(let name) where kind == .number || kind == .integer: add(name, value.double ?? 0)
      case .metric: break
      case .beyondLimit: if kind == .number || kind == .integer { unnamed += 1 }
      }
    }
  }

  private mutating func add(_ name: Int, _ number: Double) {
    if name >= lastSeen.count { lastSeen.append(contentsOf: repeatElement(0, count: name + 1 - lastSeen.count)) }
    guard lastSeen[name] != eventCount else { return }
    lastSeen[name] = eventCount
    values.append(Value(name: name, number: number))
  }
}

extension JSONElement {
  /// The value as a whole number, also when it was written as `3.0`.
  var wholeNumber: Int64? { int ?? double.flatMap { Int64(exactly: $0) } }
}
