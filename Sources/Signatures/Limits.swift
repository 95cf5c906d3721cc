// SPDX-License-Identifier: Apache-2.0

/// What one signature may ask for.
public enum Limits {
  /// Arguments of one function.
  public static let arguments = 64
  /// Fields of one struct.
  public static let fields = 64
  /// Elements of an array within a struct.
  public static let elements = 4_096
  /// Bytes of one buffer or text: 16 MiB.
  public static let bytes = 16 << 20
  /// Handles of one plugin that are open at once.
  public static let handles = 10_000
  /// Structs, and types of handles, of one manifest.
  public static let types = 256
}
