// SPDX-License-Identifier: Apache-2.0
// Holding a subscription back while the plugin has no room, and going on. A resume may come from another thread before the refusal
// it answers has been noted here, so resumes are counted.

import Synchronization

/// Whether one subscription may be delivered.
struct SubscriptionFlow: Sendable {
  var held = false
  var resumes: UInt64 = 0
  /// A thread delivers its events; another one that comes meanwhile leaves word and goes.
  var delivering = false
  var wantedAgain = false
}

extension PluginInstance {
  /// Takes the right to deliver: one thread at a time, so that events arrive in their order.
  ///
  /// - Returns: The resumes so far, for `hold`; nil when the subscription is held or another thread is at it.
  func beginDelivery(of index: Int) -> UInt64? {
    state.withLock { state in
      guard !state.flow[index].held else { return nil }
      guard !state.flow[index].delivering else {
        state.flow[index].wantedAgain = true
        return nil
      }
      state.flow[index].delivering = true
      return state.flow[index].resumes
    }
  }

  /// Returns whether another thread wanted to deliver meanwhile.
  func endDelivery(of index: Int) -> Bool {
    state.withLock { state in
      state.flow[index].delivering = false
      defer { state.flow[index].wantedAgain = false }
      return state.flow[index].wantedAgain
    }
  }

  /// Holds a subscription back. Returns false when the plugin has asked for its events since.
  func hold(_ index: Int, unlessResumedSince resumes: UInt64) -> Bool {
    state.withLock { state in
      guard state.flow[index].resumes == resumes else { return false }
      state.flow[index].held = true
      return true
    }
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
