// SPDX-License-Identifier: Apache-2.0

/// A kind of thing that C gives out as a pointer and nobody looks into.
public struct HandleType: Sendable, Hashable {
  /// The function of one argument that frees it; nil: nobody has to.
  public var free: String?
}
