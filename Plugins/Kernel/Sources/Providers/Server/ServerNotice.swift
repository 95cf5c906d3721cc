// SPDX-License-Identifier: Apache-2.0

/// What a server says in a kernel's name.
enum ServerNotice: Equatable {
  /// It begins the kernel again by itself: `status` without a parent.
  case restarting
  /// The kernel ended, and the server gave up.
  case dead
  /// It dropped output: a sentence for the result.
  case truncated(String)

  private static let limits = ["IOPub message rate exceeded": "messages", "IOPub data rate exceeded": "bytes"]

  /// - Parameter session: Ours: the server writes it into what it makes itself, so a kernel that prints the same words is not mistaken.
  init?(_ message: KernelMessage, session: String) {
    guard message.channel == .iopub, let header = message.messageHeader else { return nil }
    switch header.type {
    case "status" where message.parent == nil:
      if message.content.holds(Array("\"restarting\"".utf8)) {
        self = .restarting
      } else if message.content.holds(Array("\"dead\"".utf8)) {
        self = .dead
      } else {
        return nil
      }
    case "stream" where header.session == session && message.content.holds(Array("stderr".utf8)):
      guard let limit = Self.limits.first(where: { message.content.holds(Array($0.key.utf8)) }) else { return nil }
      let option = limit.value == "bytes" ? "iopub_data_rate_limit" : "iopub_msg_rate_limit"
      self = .truncated(
        "the server dropped output of this run: more \(limit.value) came at once than its limit allows; run it again with the output written to a file, or start the server with a higher --ServerApp.\(option)"
      )
    default: return nil
    }
  }
}
