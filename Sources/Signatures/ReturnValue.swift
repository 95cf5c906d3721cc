// SPDX-License-Identifier: Apache-2.0

/// What a C function gives back.
public struct ReturnValue: Sendable, Hashable {
  /// What it is.
  public enum Kind: Sendable, Hashable {
    /// Nothing.
    case void
    /// A number or truth value.
    case scalar(ScalarType)
    /// A pointer to text, which is copied.
    case text
    /// A new handle.
    case handle(String)
    /// A pointer to a struct, which is copied.
    case structure(String)
  }

  /// The member of the answer.
  public var name: String
  /// What it is.
  public var kind: Kind
  /// The function that frees what was copied.
  public var free: String?
  /// Whether callers see it.
  public var isShown: Bool
}
