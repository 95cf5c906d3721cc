// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// The plugin's configuration, with the defaults of plugin.json.
struct TrainerSettings: Sendable {
  static let standardPort: UInt16 = 47_621
  static let portVariable = "ONTHEFLY_DASHBOARD_PORT"

  var address: LoopbackAddress
  var spoolMemoryBytes = 64 << 20
  var maxLineBytes = 64 << 20
  var maxConnections = 1_024

  /// - Parameter environment: Looks a variable up.
  init(_ configuration: Configuration = Configuration(), environment: (String) -> String? = environmentVariable) throws {
    let host = configuration.host ?? "127.0.0.1"
    let port = try configuration.port ?? Self.port(from: environment(Self.portVariable))
    guard let address = LoopbackAddress(host: host, port: port) else {
      throw PluginFailure(
        "cannot listen for trainers on '\(host)': they are not authenticated, so 'host' must be an address of 127.0.0.0/8 or 'localhost'",
        status: .invalid)
    }
    self.address = address
    spoolMemoryBytes = configuration.spoolMemoryBytes ?? spoolMemoryBytes
    maxLineBytes = configuration.maxLineBytes ?? maxLineBytes
    maxConnections = configuration.maxConnections ?? maxConnections
  }

  private static func port(from variable: String?) throws -> UInt16 {
    guard let variable, !variable.isEmpty else { return standardPort }
    guard let port = UInt16(variable), port > 0 else {
      throw PluginFailure(
        "cannot use \(portVariable)='\(variable)' as the port for trainers: it must be a number from 1 to 65535; correct or unset it",
        status: .invalid)
    }
    return port
  }

  /// As it stands in the configuration file.
  struct Configuration: Decodable, Sendable {
    var host: String?
    var port: UInt16?
    var spoolMemoryBytes: Int?
    var maxLineBytes: Int?
    var maxConnections: Int?
  }
}
