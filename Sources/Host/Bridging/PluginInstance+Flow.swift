// SPDX-License-Identifier: Apache-2.0
// Holding a subscription back while the plugin has no room, and going on. A resume may come from another thread before the refusal
// it answers has been noted here, so resumes are counted.

import Synchronization

/// Whether one subscription may be delivered.
struct SubscriptionFlow: Sendable {
  var held = false
  var resumes: UInt64 = 0
}

extension PluginInstance {
  func isHeld(_ index: Int) -> Bool { state.withLock { $0.flow[index].held } }

  func resumes(of index: Int) -> UInt64 { state.withLock { $0.flow[index].resumes } }

  func hold(_ index: Int, unlessResumedSince resumes: UInt64) {
    let again = state.withLock { state in
      guard state.flow[index].resumes == resumes else { return true }
      state.flow[index].held = true
      return false
    }
    if again { inbox.put(.subscription(index)) }
  }

  /// Returns false when there is no such subscription.
  func resume(_ index: Int) -> Bool {
    let (known, held): (Bool, Bool) = state.withLock { state in
      guard state.flow.indices.contains(index) else { return (false, false) }
      state.flow[index].resumes &+= 1
      defer { state.flow[index].held = false }
      return (true, state.flow[index].held)
    }
    if held { inbox.put(.subscription(index)) }
    return known
  }
}
