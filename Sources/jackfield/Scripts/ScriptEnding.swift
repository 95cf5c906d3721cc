// SPDX-License-Identifier: Apache-2.0
import JSON

/// How a script's process ended.
enum ScriptEnding: Equatable {
  case exited(Int32)
  case signalled(Int32)

  /// As a shell says it.
  var status: Int32 {
    switch self {
    case .exited(let status): status
    case .signalled(let signal): 128 + signal
    }
  }

  var members: [String: JSONValue] {
    switch self {
    case .exited(let status): ["status": .integer(Int64(status))]
    case .signalled(let signal): ["signal": .integer(Int64(signal))]
    }
  }

  /// As the host tells it of a run that is over; nil when it does not know.
  init?(_ run: JSONValue) {
    if let status = run["status"]?.intValue.flatMap({ Int32(exactly: $0) }) {
      self = .exited(status)
    } else if let signal = run["signal"]?.intValue.flatMap({ Int32(exactly: $0) }) {
      self = .signalled(signal)
    } else {
      return nil
    }
  }
}
