// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One thing that happened to a run, for the axis of a chart.
struct Mark {
  let kind: MarkKind
  var step: Int64?
  var epoch: Int64?
  /// Unix seconds.
  var ts: Double?
  /// A sentence for a person, without the step.
  let text: String
  /// What there is besides, by kind.
  var more: [String: JSONValue] = [:]

  var value: JSONValue {
    var value = more
    value["kind"] = .string(kind.rawValue)
    value["step"] = JSONValue(step)
    value["epoch"] = JSONValue(epoch)
    value["ts"] = JSONValue(ts)
    value["text"] = .string(text)
    return .object(value)
  }

  /// The order along the axis; what has no step comes last.
  static func precedes(_ left: Mark, _ right: Mark) -> Bool {
    let (leftStep, rightStep) = (left.step ?? .max, right.step ?? .max)
    return leftStep == rightStep ? left.ts ?? 0 < right.ts ?? 0 : leftStep < rightStep
  }

  /// A number as short as a person would write it.
  static func short(_ number: Double) -> String { "\(Float(number))" }
}
