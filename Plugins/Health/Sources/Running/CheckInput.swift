// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The input of `health.check` and `health.run`.
struct CheckInput: Sendable {
  var checks: [(kind: CheckKind, payload: [String: JSONValue])]
  var run: String?
  var session: String?
  var timeoutMilliseconds: Int?

  /// Reads the input of `health.check`: one check, its options flat.
  init(one payload: Payload) throws {
    let reader = try InputReader(payload, of: "health.check")
    guard let name = try reader.string("check") else {
      throw PluginFailure("cannot read the input of 'health.check': 'check' must be given", status: .invalid)
    }
    let kind = try CheckKind.named(name)
    self.init(checks: [(kind, try kind.payload(reader.object("options") ?? [:]))], try Place(reader))
  }

  /// Reads the input of `health.run`: several checks, with options by check.
  init(several payload: Payload) throws {
    let reader = try InputReader(payload, of: "health.run")
    var kinds: [CheckKind] = []
    for name in try reader.strings("checks") ?? CheckKind.allCases.map(\.rawValue) {
      let kind = try CheckKind.named(name)
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    guard !kinds.isEmpty else {
      throw PluginFailure("cannot run checks: 'checks' is empty; leave it out for all", status: .invalid)
    }
    let options = try reader.object("options") ?? [:]
    for name in options.keys { _ = try CheckKind.named(name) }
    let checks = try kinds.map { kind in (kind, try kind.payload(Self.options(options[kind.rawValue], of: kind))) }
    self.init(checks: checks, try Place(reader))
  }

  private static func options(_ value: JSONValue?, of kind: CheckKind) throws -> [String: JSONValue] {
    guard let value, !value.isNull else { return [:] }
    guard let members = value.objectValue else {
      throw PluginFailure("cannot read the input of 'health.run': the options of '\(kind.rawValue)' must be an object", status: .invalid)
    }
    return members
  }

  private init(checks: [(kind: CheckKind, payload: [String: JSONValue])], _ place: Place) {
    self.checks = checks
    run = place.run
    session = place.session
    timeoutMilliseconds = place.timeout
  }

  private struct Place {
    var run: String?
    var session: String?
    var timeout: Int?

    init(_ reader: InputReader) throws {
      run = try reader.string("run")
      session = try reader.string("session")
      timeout = try reader.count("timeoutMs", in: 1...3_600_000)
    }
  }
}
