// SPDX-License-Identifier: Apache-2.0
// A plugin in this process.
package import PluginBridge

extension PluginInstance: RunningPlugin {
  package var counts: InstanceCounters.Snapshot { counters.snapshot() }
  package var process: ProcessUse? { nil }
  package var eventsUnderWay: Int { 0 }

  package func launch(subscriptions: [EventSubscription], started: @escaping @Sendable (Result<Void, PluginFault>) -> Void) {
    launch(subscriptions: subscriptions as [any EventSource], started: started)
  }

  /// Its events stop with it.
  package func pauseEvents() {}
  package func resumeEvents() {}

  package func invoke(_ call: OpenCall, payload: [UInt8], content: Content) -> Bool {
    guard call.command.description.inline else { return inbox.post(.invoke(call, payload: payload, content: content)) }
    // Until it has started, its callers' threads must stay outside.
    guard phase == .running else { return inbox.post(.invoke(call, payload: payload, content: content)) }
    invokeInline(call, payload: payload, content: content)
    return true
  }

  package func takeUnbegun() -> [PendingCall] {
    var calls: [PendingCall] = []
    while let work = inbox.takeNow() {
      guard case .invoke(let call as OpenCall, let payload, let content) = work else { continue }
      calls.append(PendingCall(call: call, payload: payload, content: content))
    }
    return calls
  }

  package func cancelled(_ call: OpenCall, status: CallStatus) { inbox.post(.event(.cancel(call.id, status))) }

  package func granted(_ call: OpenCall, chunks: UInt64, wasStarved: Bool) {
    if wasStarved { inbox.post(.event(.credit(call.id, chunks))) }
  }

  package func eventsWait(in index: Int) { inbox.post(.subscription(index)) }
}
