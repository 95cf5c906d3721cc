// SPDX-License-Identifier: Apache-2.0
// Ends calls from the calling side: given up, or out of time.
import Synchronization
import PluginBridge

extension OpenCalls {
  /// Does the accounts of a call that was just marked as ended.
  func close(_ call: OpenCall, status: CallStatus) {
    callEnded()
    call.command.statistics.record(status, nanoseconds: MonotonicClock.now() &- call.started)
    call.parent?.state.withLock { $0.children.removeAll { $0 == call.id } }
  }

  /// Answers the caller, tells the provider, and gives up every call made on this one's behalf. Returns false when it had ended.
  func cancel(_ id: CallID, status: CallStatus) -> Bool {
    guard let call = self[id], call.end(status) else { return false }
    // The record stays in the table until the provider finishes it, so that it can still ask how the call is.
    close(call, status: status)
    forgetEnded(beyond: 10_000)
    let children = call.state.withLock { $0.children }
    call.answer(status, .json, CallFailure.payload(status, Self.sentence(call, status)))
    call.command.provider.cancelled(call, status: status)
    for child in children { _ = cancel(child, status: status) }
    return true
  }

  private static func sentence(_ call: OpenCall, _ status: CallStatus) -> String {
    let name = call.command.description.name
    return switch status {
    case .deadline: "'\(name)' did not answer within its deadline"
    case .stopping: "'\(name)' was given up: its plugin is stopping"
    default: "'\(name)' was cancelled"
    }
  }

  /// Ends what is due. Returns the earliest deadline left, 0 for none.
  func expire(now: UInt64) -> UInt64 {
    var earliest = UInt64.max
    for call in all() where call.deadline != 0 && call.status == .ok {
      if call.deadline <= now {
        _ = cancel(call.id, status: .deadline)
      } else {
        earliest = min(earliest, call.deadline)
      }
    }
    return earliest == .max ? 0 : earliest
  }
}
