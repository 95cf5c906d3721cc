// SPDX-License-Identifier: Apache-2.0

/// A place on the x axis as the caller writes it: whole numbers are kept whole, since a step may be beyond what a double holds.
enum AxisPosition: Decodable, Sendable, Hashable {
  case whole(Int64)
  case number(Double)

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let whole = try? value.decode(Int64.self) {
      self = .whole(whole)
    } else {
      self = .number(try value.decode(Double.self))
    }
  }

  /// As a double, for epochs and seconds.
  var number: Double {
    switch self {
    case .whole(let value): Double(value)
    case .number(let value): value
    }
  }

  /// The first step that is not before it.
  var firstStep: Int64 {
    switch self {
    case .whole(let value): value
    case .number(let value): Self.clamped(value.rounded(.up))
    }
  }

  /// The last step that is not behind it.
  var lastStep: Int64 {
    switch self {
    case .whole(let value): value
    case .number(let value): Self.clamped(value.rounded(.down))
    }
  }

  private static func clamped(_ value: Double) -> Int64 {
    if value.isNaN { return 0 }
    return Int64(exactly: value) ?? (value < 0 ? .min : .max)
  }
}
