// SPDX-License-Identifier: Apache-2.0

/// The columns of `jackfield top`, in their order; each can be sorted by, with its key.
enum TopColumn: Character, CaseIterable {
  case plugin = "i"
  case state = "s"
  case mode = "t"
  case pid = "g"
  case cpu = "c"
  case memory = "m"
  case calls = "n"
  case rate = "r"
  case p50 = "h"
  case p99 = "p"
  case queue = "u"
  case drops = "d"
  case crashes = "x"
  case open = "o"

  var title: String {
    switch self {
    case .plugin: "PLUGIN"
    case .state: "STATE"
    case .mode: "MODE"
    case .pid: "PID"
    case .cpu: "CPU %"
    case .memory: "MEM MB"
    case .calls: "CALLS"
    case .rate: "CALLS/S"
    case .p50: "P50 ms"
    case .p99: "P99 ms"
    case .queue: "QUEUE"
    case .drops: "DROPS"
    case .crashes: "CRASHES"
    case .open: "OPEN"
    }
  }

  var isText: Bool { self == .plugin || self == .state || self == .mode }

  /// As it is named with --sort.
  var name: String {
    switch self {
    case .plugin: "plugin"
    case .state: "state"
    case .mode: "mode"
    case .pid: "pid"
    case .cpu: "cpu"
    case .memory: "memory"
    case .calls: "calls"
    case .rate: "rate"
    case .p50: "p50"
    case .p99: "p99"
    case .queue: "queue"
    case .drops: "drops"
    case .crashes: "crashes"
    case .open: "open"
    }
  }
}
