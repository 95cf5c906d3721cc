// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The command about the door.
struct DoorCommands: Sendable {
  let door: BridgeDoor

  var all: [Command] {
    [.bytes("bridge.status") { _, _ in Payload(bytes: door.status.bytes()) }]
  }
}
