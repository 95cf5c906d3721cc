// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Which entries of the audit are wanted: the input of `bridge.audit`.
struct AuditFilter: Sendable, Hashable {
  var run: String?
  var command: String?
  /// The beginning of the decision, as "denied".
  var decision: String?
  /// Unix seconds.
  var since: Double?
  /// Only entries older than this one, to page back.
  var before: Int64?
  var limit = 100

  static let mostAtOnce = 1_000

  init() {}

  /// - Throws: `PluginFailure` for a limit that is none.
  init(_ input: JSONValue) throws(PluginFailure) {
    run = input["run"]?.stringValue
    command = input["command"]?.stringValue
    decision = input["decision"]?.stringValue
    since = input["since"]?.doubleValue
    before = input["before"]?.intValue.map(Int64.init)
    guard let wanted = input["limit"], wanted != .null else { return }
    guard let limit = wanted.intValue, (1...Self.mostAtOnce).contains(limit) else {
      throw PluginFailure("cannot list the audit: 'limit' must be a number from 1 to \(Self.mostAtOnce)", status: .invalid)
    }
    self.limit = limit
  }
}
