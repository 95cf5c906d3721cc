// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The commands of fronts.
struct FrontCommands: Sendable {
  let desk: FrontDesk

  var all: [Command] {
    [
      .bytes("bridge.attach") { payload, call in try await attach(payload, call) },
      .bytes("bridge.answer") { payload, _ in
        try desk.answer(FrontAnswer(JSONInput.read(payload, of: "bridge.answer")))
        return .emptyObject
      },
      .bytes("bridge.fronts") { _, _ in
        Payload(bytes: JSONValue.object(["fronts": .array(desk.all.map(\.value))]).bytes())
      },
    ]
  }

  /// Lasts as long as the front is attached.
  private func attach(_ payload: Payload, _ call: Call) async throws -> Payload {
    let front = try desk.attach(Front.Introduction(JSONInput.read(payload, of: "bridge.attach")))
    defer { desk.detach(front.id) }
    let reason = try await front.line.serve { try await call.emit(bytes: $0) }
    return Payload(bytes: JSONValue.object(["front": .string(front.id), "reason": .string(reason)]).bytes())
  }
}
