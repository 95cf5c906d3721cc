// SPDX-License-Identifier: Apache-2.0

/// Carries a value to the one thread that uses it from then on.
/// Sendable, because: whoever makes it uses the value no more.
struct ThreadBound<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}
