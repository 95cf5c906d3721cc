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
  /// Kept from one event to the next, to keep its memory.
  var values: [Value] = []
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
      case .metric(let name) where kind == .number || kind == .integer: values.append(Value(name: name, number: value.double ?? 0))
      case .metric: break
      case .beyondLimit: if kind == .number || kind == .integer { unnamed += 1 }
      }
    }
  }
}

extension JSONElement {
  /// The value as a whole number, also when it was written as `3.0`.
  var wholeNumber: Int64? { int ?? double.flatMap { Int64(exactly: $0) } }
}
