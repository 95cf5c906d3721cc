// SPDX-License-Identifier: Apache-2.0

/// How an adapter ended.
enum AdapterEnding: Equatable {
  case exited(Int32)
  case signalled(Int32)

  /// - Parameter status: As `waitpid` gives it.
  init(waited status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  /// What this process ends with then: as a shell would say it.
  var exitStatus: Int32 {
    switch self {
    case .exited(let status): status
    case .signalled(let number): 128 + number
    }
  }
}
