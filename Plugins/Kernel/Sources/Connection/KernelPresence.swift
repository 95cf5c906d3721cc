// SPDX-License-Identifier: Apache-2.0

/// Notices that another process answers: a kernel's session changes when its process does.
///
/// Some kernels (those on Rust's runtimelib, IRkernel) write the asker's session into their headers: with them nothing can be noticed.
struct KernelPresence {
  private let ours: String
  private var session: String?
  private var bytes: [UInt8] = []
  private var former: Set<String> = []
  private var isUseless = false

  init(ours: String) { self.ours = ours }

  /// Looks at a reply to a question of ours.
  mutating func learn(from reply: KernelMessage) {
    guard session == nil, !isUseless, let theirs = reply.messageHeader?.session, !theirs.isEmpty else { return }
    isUseless = theirs == ours
    if !isUseless { take(theirs) }
  }

  /// Looks at any message.
  ///
  /// - Returns: The new session, when the process is another than before.
  mutating func change(in message: KernelMessage) -> String? {
    guard !bytes.isEmpty, !isUseless, !message.header.holds(bytes) else { return nil }
    guard let session, let theirs = message.messageHeader?.session, !theirs.isEmpty, theirs != session else { return nil }
    guard theirs != ours, !former.contains(theirs) else {
      isUseless = true
      return nil
    }
    former.insert(session)
    take(theirs)
    return theirs
  }

  private mutating func take(_ theirs: String) {
    session = theirs
    bytes = Array(theirs.utf8)
  }
}
