// SPDX-License-Identifier: Apache-2.0

/// Somebody who came in with a code and has a cookie since.
struct PageSession: Sendable, Hashable {
  /// A name for limits and logs; tells nothing of the cookie's secret.
  let id: String
  /// Whether only commands that change nothing may be called.
  let isReadOnly: Bool

  /// Whoever asks where everybody may ask.
  static let nobody = PageSession(id: "", isReadOnly: true)
}
