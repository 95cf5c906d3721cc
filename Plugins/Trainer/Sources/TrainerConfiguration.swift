// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// The plugin's settings; meanings and defaults stand in plugin.json.
struct TrainerConfiguration: Decodable, Sendable {
  /// Where real trainers knock when nobody tells them otherwise.
  static let usualPort = 47_621
  /// The variable that tells trainers, and so us, another one.
  static let portVariable = "ONTHEFLY_DASHBOARD_PORT"

  var host: String?
  var port: Int?
  var spoolMemoryBytes: Int?
  var maxLineBytes: Int?

  /// The address to listen at.
  ///
  /// - Throws: `PluginFailure` for one that others than this machine could reach: trainers are not authenticated.
  func address() throws -> in_addr {
    let text = host.map { $0 == "localhost" ? "127.0.0.1" : $0 } ?? "127.0.0.1"
    var address = in_addr()
    guard unsafe inet_pton(AF_INET, text, &address) == 1, UInt32(bigEndian: address.s_addr) >> 24 == 127 else {
      throw PluginFailure(
        "cannot listen at '\(text)': trainers send no password, so only addresses of this machine are allowed; use 127.0.0.1",
        code: "host_not_loopback", status: .invalid)
    }
    return address
  }

  /// The port to listen at: the setting, else the variable, else the usual one. 0 lets the system choose.
  func listeningPort() throws -> UInt16 {
    if let port { return UInt16(clamping: port) }
    guard let text = unsafe getenv(Self.portVariable).map({ unsafe String(cString: $0) }), !text.isEmpty else {
      return UInt16(Self.usualPort)
    }
    guard let port = UInt16(text), port > 0 else {
      throw PluginFailure(
        "cannot listen: \(Self.portVariable) is '\(text)', not a port of 1 to 65535; correct or unset it", code: "bad_port",
        status: .invalid)
    }
    return port
  }
}
