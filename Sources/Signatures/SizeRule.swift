// SPDX-License-Identifier: Apache-2.0

/// How many bytes a buffer has: the product of some numbers of the call, times a number, plus a number.
public struct SizeRule: Sendable, Hashable {
  /// A number of the call.
  public enum Factor: Sendable, Hashable {
    /// The value of an integer argument, or the length of a buffer that goes in.
    case argument(Int)
    /// An integer argument of the call that made a handle, by the number of the argument that is the handle.
    case maker(handle: Int, argument: String)
  }

  /// None: then only `plus` counts.
  public var factors: [Factor]
  /// What the product is multiplied by.
  public var times: Int
  /// What is added.
  public var plus: Int

  /// A number that is always the same.
  public static func fixed(_ count: Int) -> SizeRule { SizeRule(factors: [], times: 0, plus: count) }

  /// The size, for factors of these values; nil when it is below zero or above any buffer.
  public func size(_ values: [Int]) -> Int? {
    var product = times
    for value in values {
      let (next, overflow) = product.multipliedReportingOverflow(by: value)
      guard !overflow, value >= 0 else { return nil }
      product = next
    }
    let (size, overflow) = product.addingReportingOverflow(plus)
    return overflow || size < 0 || size > Limits.bytes ? nil : size
  }
}
