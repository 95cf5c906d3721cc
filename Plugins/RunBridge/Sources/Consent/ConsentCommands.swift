// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The commands about what runs may do, and about what they did.
struct ConsentCommands: Sendable {
  let consents: ConsentDesk
  let audit: AuditLog

  var all: [Command] {
    [
      .bytes("bridge.consents") { payload, _ in
        let input = try JSONInput.read(payload, of: "bridge.consents")
        let rows = await consents.all.filter { Self.fits($0, input) }.map(\.value)
        return Payload(bytes: JSONValue.object(["consents": .array(rows)]).bytes())
      },
      .bytes("bridge.revoke") { payload, _ in
        let count = try await revoke(JSONInput.read(payload, of: "bridge.revoke"))
        return Payload(bytes: JSONValue.object(["revoked": .integer(Int64(count))]).bytes())
      },
      .bytes("bridge.audit") { payload, _ in
        let entries = try await audit.list(AuditFilter(JSONInput.read(payload, of: "bridge.audit")))
        return Payload(bytes: JSONValue.object(["entries": .array(entries.map(\.value))]).bytes())
      },
    ]
  }

  private static func fits(_ consent: Consent, _ input: JSONValue) -> Bool {
    if let run = input["run"]?.stringValue, consent.run != run { return false }
    if let command = input["command"]?.stringValue, consent.command != command { return false }
    if let workspace = input["workspace"]?.stringValue, consent.workspace != workspace { return false }
    return true
  }

  private func revoke(_ input: JSONValue) async throws -> Int {
    if input["all"] == true { return await consents.revoke { _ in true } }
    if let number = input["consent"]?.intValue {
      let count = await consents.revoke { $0.number == Int64(number) }
      guard count > 0 else {
        throw PluginFailure("there is no consent \(number); see bridge.consents", code: "no_consent", status: .notFound)
      }
      return count
    }
    guard ["run", "command", "workspace"].contains(where: { input[$0]?.stringValue != nil }) else {
      throw PluginFailure(
        "cannot revoke: give 'consent', or 'run', 'command' or 'workspace', or 'all' true; see bridge.consents", code: "revoke_what",
        status: .invalid)
    }
    return await consents.revoke { Self.fits($0, input) }
  }
}
