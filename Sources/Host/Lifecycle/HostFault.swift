// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

/// Why the host cannot do what it was asked, in one sentence or one a line.
package struct HostFault: Error, CustomStringConvertible, Sendable {
  package let description: String
  package let status: CallStatus

  package init(_ description: String, status: CallStatus = .failed) {
    self.description = description
    self.status = status
  }
}
