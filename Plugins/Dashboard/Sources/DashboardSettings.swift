// SPDX-License-Identifier: Apache-2.0

/// The plugin's configuration. Names and defaults as in plugin.json.
struct DashboardSettings: Sendable, Hashable {
  /// Whether the page is served.
  var enabled = true
  /// Of 127.0.0.1. When it is taken: any that is free.
  var port = 47_622
  /// A Unix socket instead of the port, as a path from the root on; empty: the port.
  var socket = ""
  /// What all paths begin with, for a reverse proxy that serves other things too.
  var basePath = BasePath()
  /// What links begin with behind a reverse proxy, with the base path; empty: the port of this machine.
  var address = ""
  /// Values of `Host` that are served beside those of this machine, as "box.local:8080".
  var hosts: [String] = []
  /// Pages that may ask beside the door's own, as "https://box.local".
  var origins: [String] = []
  /// How long a link for signing in is good.
  var codeMinutes = 5.0
  /// How long a sign-in lasts without being used.
  var sessionDays = 30.0
  /// Who is signed in at a time; over it, whoever was away longest is signed out.
  var sessions = 64
  var limits = DoorLimits()

  init() {}
}

extension DashboardSettings: Decodable {
  private enum Key: String, CodingKey {
    case enabled, port, socket, basePath, address, hosts, origins, codeMinutes, sessionDays, sessions
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    enabled = try values.decodeIfPresent(Bool.self, forKey: .enabled) ?? enabled
    port = try values.decodeIfPresent(Int.self, forKey: .port) ?? port
    socket = try values.decodeIfPresent(String.self, forKey: .socket) ?? socket
    basePath = try values.decodeIfPresent(String.self, forKey: .basePath).map(BasePath.init) ?? basePath
    address = try values.decodeIfPresent(String.self, forKey: .address) ?? address
    hosts = try values.decodeIfPresent([String].self, forKey: .hosts) ?? hosts
    origins = try values.decodeIfPresent([String].self, forKey: .origins) ?? origins
    codeMinutes = try values.decodeIfPresent(Double.self, forKey: .codeMinutes) ?? codeMinutes
    sessionDays = try values.decodeIfPresent(Double.self, forKey: .sessionDays) ?? sessionDays
    sessions = try values.decodeIfPresent(Int.self, forKey: .sessions) ?? sessions
    limits = try DoorLimits(from: decoder)
  }
}
