// SPDX-License-Identifier: Apache-2.0

/// How bytes are written as text in JSON.
public enum BufferEncoding: String, Sendable, Hashable, CaseIterable {
  /// RFC 4648, with padding.
  case base64
  /// Two digits a byte.
  case hex
  /// As they are; bytes that are no UTF-8 become U+FFFD on the way out.
  case utf8
}
