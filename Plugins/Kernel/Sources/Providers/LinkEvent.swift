// SPDX-License-Identifier: Apache-2.0

/// What comes out of a conversation with a kernel.
enum LinkEvent: Sendable {
  /// A message whose signature was checked.
  case message(KernelMessage)
  /// Something was refused: a wrong signature, a repeated message, junk. For the log, with the reason.
  case refused(String)
  /// The connection broke; the link tries again by itself where that makes sense.
  case disconnected(String)
  case reconnected
  /// Another process answers at the same place, with the session named: what was running is lost. Comes before its first message.
  case restarted(String)
  /// The other side says that it dropped output of these requests' kernel: a sentence for the result.
  case truncated(String)
  /// The kernel is gone and will not come back, as far as this link can tell.
  case lost(String)
  /// No news: all that has come was passed on, and the link's thread has time to deal with it.
  case quiet
}
