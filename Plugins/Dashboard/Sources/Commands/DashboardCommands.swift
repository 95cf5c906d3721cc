// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The commands about the page: where it is, who is signed in.
struct DashboardCommands: Sendable {
  private struct LinkInput: Decodable {
    let readOnly: Bool?
    let next: String?

    private enum CodingKeys: String, CodingKey {
      case readOnly = "read_only"
      case next
    }
  }

  private struct SignOutInput: Decodable {
    let session: String?
  }

  let parts: DoorParts
  let door: PageDoor

  /// In the order of plugin.json.
  var all: [Command] {
    [
      Command("dashboard.url") { (input: LinkInput, _) in try link(input) },
      Command("dashboard.open") { (input: LinkInput, _) in try await open(input) },
      Command("dashboard.status") { (_: Call) in await status() },
      Command("dashboard.sign_out") { (input: SignOutInput, _) in try signOut(input.session) },
    ]
  }

  private func link(_ input: LinkInput) throws -> JSONValue {
    guard let origin = door.origin else {
      throw PluginFailure(
        "cannot make a link: the page is switched off; set 'enabled' of the plugin dashboard to true", code: "disabled",
        status: .unsupported)
    }
    let isReadOnly = input.readOnly ?? false
    let url = try parts.links.make(isReadOnly: isReadOnly, next: input.next ?? "", origin: origin)
    var told: JSONValue = [
      "url": .string(url), "address": .string(parts.links.place(origin: origin)), "read_only": .bool(isReadOnly),
      "minutes": .number(parts.settings.codeMinutes),
    ]
    if case .socket(let path) = door.place { told["socket"] = .string(path) }
    return told
  }

  private func open(_ input: LinkInput) async throws -> JSONValue {
    var told = try link(input)
    let url = told["url"]?.stringValue ?? ""
    told["opened"] = .bool(await BrowserProgram.open(url))
    return told
  }

  private func status() async -> JSONValue {
    var told: JSONValue = [
      "enabled": .bool(parts.settings.enabled), "base_path": .string(parts.settings.basePath.text), "assets": .string(parts.files.hash),
      "uplot": .bool(parts.files.hasPlotter), "connections": .integer(Int64(await door.connectionCount())),
      "sessions": .array(parts.sessions.entries.map(\.told)), "open_codes": .integer(Int64(parts.codes.count)),
    ]
    if let origin = door.origin { told["address"] = .string(parts.links.place(origin: origin)) }
    switch door.place {
    case .port(let port, let wanted):
      told["port"] = .integer(Int64(port))
      if port != wanted { told["reason"] = .string("the configured port \(wanted) is taken by another program") }
    case .socket(let path): told["socket"] = .string(path)
    case nil: break
    }
    return told
  }

  private func signOut(_ session: String?) throws -> JSONValue {
    guard let session else { return ["signed_out": .integer(Int64(parts.sessions.endAll()))] }
    guard parts.sessions.end(session) else {
      throw PluginFailure(
        "cannot sign out '\(session)': nobody of that name is signed in; 'dashboard.status' lists them", code: "session_not_found",
        status: .notFound)
    }
    return ["signed_out": 1]
  }
}
