// SPDX-License-Identifier: Apache-2.0

/// The sockets of one link, and what was taken out of them unread, by their place in a poller's token.
enum LinkSocket: UInt64, CaseIterable {
  case shell, control, stdin, iopub, monitor, heartbeat, intake

  /// Names a socket of a link to the poller.
  func token(of link: LinkID) -> UInt64 { link << 3 | rawValue }

  /// Reads a token.
  static func of(_ token: UInt64) -> (link: LinkID, socket: LinkSocket)? {
    LinkSocket(rawValue: token & 7).map { (token >> 3, $0) }
  }

  /// The channel a socket carries; nil for one that carries none.
  var channel: KernelChannel? {
    switch self {
    case .shell: .shell
    case .control: .control
    case .stdin: .stdin
    case .iopub: .iopub
    case .monitor, .heartbeat, .intake: nil
    }
  }

  init(_ channel: KernelChannel) {
    switch channel {
    case .shell: self = .shell
    case .control: self = .control
    case .stdin: self = .stdin
    case .iopub: self = .iopub
    }
  }
}
