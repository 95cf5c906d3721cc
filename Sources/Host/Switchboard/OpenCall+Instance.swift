// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

extension OpenCall: InstanceCall {
  package var parentID: CallID { parent?.id ?? 0 }
  package var commandName: String { command.description.name }
}
