// SPDX-License-Identifier: Apache-2.0

/// An answer or an input without anything in it: `{}` in JSON.
public struct Empty: Codable, Sendable, Hashable {
  /// Makes the one value there is.
  public init() {}
}
