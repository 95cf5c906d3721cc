// SPDX-License-Identifier: Apache-2.0

/// Hands the answers of calls that a plugin made to that plugin, as events.
final class InstanceReceiver: CallReceiver {
  private let instance: PluginInstance

  init(_ instance: PluginInstance) { self.instance = instance }

  func belongs(to instance: PluginInstance) -> Bool { self.instance === instance }

  func chunk(call: CallID, content: Content, payload: [UInt8]) {
    instance.inbox.put(.event(.chunk(call, content, payload)))
  }

  func progress(call: CallID, partsPerMillion: UInt32, note: String) {
    instance.inbox.put(.event(.progress(call, partsPerMillion, note)))
  }

  func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8]) {
    instance.inbox.put(.event(.done(call, status, content, payload)))
  }
}
