// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// Hands the answers of calls that a plugin made to that plugin, as events.
final class InboxReceiver: CallReceiver {
  let inbox: InstanceInbox

  init(_ inbox: InstanceInbox) { self.inbox = inbox }

  func chunk(call: CallID, content: Content, payload: [UInt8]) { inbox.post(.event(.chunk(call, content, payload))) }

  func progress(call: CallID, partsPerMillion: UInt32, note: String) { inbox.post(.event(.progress(call, partsPerMillion, note))) }

  func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8]) {
    inbox.post(.event(.done(call, status, content, payload)))
  }
}
