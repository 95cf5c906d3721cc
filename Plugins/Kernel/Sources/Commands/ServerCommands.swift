// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import WebSockets

/// The command about Jupyter servers: `kernel.servers`.
struct ServerCommands: Sendable {
  let servers: [ServerProvider]
  let discovery: ServerDiscovery

  var all: [Command] { [.bytes("kernel.servers") { _, _ in Payload(bytes: await list().bytes()) }] }

  /// Those of the configuration by name, then those that run here beside them. No token is told.
  func list() async -> JSONValue {
    let running = await discovery.running()
    let addresses = servers.map(\.rest.base)
    let others = running.filter { server in !addresses.contains { server.answers(at: $0) } }
    return [
      "servers": .array(servers.map { row($0, running) } + others.map { row(nil, $0.url, $0, token: $0.token == nil ? "none" : "found") })
    ]
  }

  private func row(_ server: ServerProvider, _ running: [RunningServer]) -> JSONValue {
    let (rest, found) = (server.rest, running.first { $0.answers(at: server.rest.base) })
    let token = rest.settings.token != nil ? "configured" : found?.token != nil ? "found" : "none"
    return row(server.name, rest.base.description, found, token: token)
  }

  private func row(_ name: String?, _ url: String, _ found: RunningServer?, token: String) -> JSONValue {
    var row: [String: JSONValue] = [
      "url": .string(url.prefix { $0 != "?" }.description), "token": .string(token), "found": .bool(found != nil),
    ]
    if let name { row["provider"] = .string(name) }
    if let found { row["pid"] = .integer(Int64(found.pid)) }
    if let version = found?.version { row["version"] = .string(version) }
    if let root = found?.rootDirectory { row["root_directory"] = .string(root) }
    return .object(row)
  }
}
