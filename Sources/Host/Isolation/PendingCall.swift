// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

/// A call that no plugin has seen yet.
package struct PendingCall: Sendable {
  package var call: OpenCall
  package var payload: [UInt8]
  package var content: Content
}
