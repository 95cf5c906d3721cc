// SPDX-License-Identifier: Apache-2.0
import JSON

extension CrashHistory {
  var json: JSONValue {
    [
      "fingerprint": .string(fingerprint), "streak": .integer(Int64(streak)), "quarantined": .bool(isQuarantined),
      "crashes": .array(crashes.map(\.json)),
    ]
  }

  /// nil when a part is missing or of another kind.
  init?(_ json: JSONValue) {
    guard let fingerprint = json["fingerprint"]?.stringValue, let streak = json["streak"]?.intValue, streak >= 0,
      let isQuarantined = json["quarantined"]?.boolValue, let rows = json["crashes"]?.arrayValue
    else { return nil }
    let crashes = rows.compactMap { CrashInstant($0) }
    guard crashes.count == rows.count else { return nil }
    self.init(fingerprint: fingerprint, crashes: crashes, streak: streak, isQuarantined: isQuarantined)
  }
}

extension CrashInstant {
  fileprivate var json: JSONValue { ["time": .number(unixSeconds), "monotonic": .number(monotonicSeconds), "boot": .string(boot)] }

  fileprivate init?(_ json: JSONValue) {
    guard let time = json["time"]?.doubleValue, let monotonic = json["monotonic"]?.doubleValue, let boot = json["boot"]?.stringValue else {
      return nil
    }
    self.init(unixSeconds: time, monotonicSeconds: monotonic, boot: boot)
  }
}
