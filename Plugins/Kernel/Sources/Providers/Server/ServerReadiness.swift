// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// Finds out whether a kernel behind a server answers and what it publishes comes: an answer to one of our questions, and the idle of one.
struct ServerReadiness: Sendable {
  /// In the ids of all questions.
  let marker: [UInt8]
  private let prefix = "ready-\(UUID().uuidString.lowercased())"
  private var count = 0
  private var reply: [UInt8]?
  private var isIdleSeen = false

  init() { marker = Array(prefix.utf8) }

  /// The content of the answer, once both came.
  var result: [UInt8]? { isIdleSeen ? reply : nil }

  /// The next questions. On control too: a busy kernel answers there.
  mutating func questions(session: String) -> [KernelMessage] {
    count += 1
    return [KernelChannel.shell, .control].map { channel in
      KernelMessage.request(
        "kernel_info_request", id: "\(prefix)-\(count)-\(channel.rawValue)", session: session, content: KernelMessage.empty,
        channel: channel)
    }
  }

  /// Looks at a message whose parent holds the marker.
  mutating func saw(_ message: KernelMessage) {
    switch message.messageHeader?.type {
    case "kernel_info_reply": reply = message.content
    case "status" where message.content.holds(Array("\"idle\"".utf8)): isIdleSeen = true
    default: break
    }
  }
}
