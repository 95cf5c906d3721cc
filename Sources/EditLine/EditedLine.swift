// SPDX-License-Identifier: Apache-2.0

/// How the editing of a line ended.
public enum EditedLine: Equatable, Sendable {
  /// Without its end.
  case text(String)
  /// Ctrl-D on an empty line, or nobody is at the keys any more.
  case end
  /// The descriptor that was watched became readable, as at Ctrl-C.
  case interrupted
}
