// SPDX-License-Identifier: Apache-2.0

/// Where a kernel listens and how its messages are signed: the content of a connection file.
struct ConnectionInfo: Sendable, Hashable {
  /// "tcp" or "ipc".
  var transport: String = "tcp"
  /// An address; with ipc the beginning of a path.
  var ip: String = "127.0.0.1"
  var shellPort: Int
  var iopubPort: Int
  var stdinPort: Int
  var controlPort: Int
  /// 0 when the kernel has no heartbeat.
  var heartbeatPort: Int
  /// As UTF-8 text; empty: nothing is signed or checked.
  var key: String
  var signatureScheme: String = "hmac-sha256"
  var kernelName: String = ""
  /// Z85, 40 characters each, when the kernel's sockets are CURVE servers.
  var curvePublicKey: String?
  var curveSecretKey: String?

  /// Where a channel of it is, as ZeroMQ names places.
  func endpoint(of channel: KernelChannel) -> String { endpoint(atPort: port(of: channel)) }

  /// Where its heartbeat is; nil when it has none.
  var heartbeatEndpoint: String? { heartbeatPort == 0 ? nil : endpoint(atPort: heartbeatPort) }

  func port(of channel: KernelChannel) -> Int {
    switch channel {
    case .shell: shellPort
    case .control: controlPort
    case .stdin: stdinPort
    case .iopub: iopubPort
    }
  }

  private func endpoint(atPort port: Int) -> String {
    if transport == "ipc" { return "ipc://\(ip)-\(port)" }
    return "tcp://\(ip.contains(":") && !ip.hasPrefix("[") ? "[\(ip)]" : ip):\(port)"
  }
}
