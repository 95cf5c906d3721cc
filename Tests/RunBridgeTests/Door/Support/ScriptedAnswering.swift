// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Synchronization

@testable import RunBridge

/// Answers as the tests want it: by the command of `vscode/executeCommand`, and the message of `vscode/chat`.
final class ScriptedAnswering: RequestAnswering {
  let notes = DoorNotes()
  private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
  private let submitted = Mutex<(@Sendable (UInt, JSONValue) -> Void)?>(nil)

  /// Lets those go on that do not hear a cancellation.
  func release() {
    for continuation in waiting.withLock({ waiting in
      defer { waiting = [] }
      return waiting
    }) { continuation.resume() }
  }

  /// What the command "submit" does in the middle.
  func onSubmit(_ body: @escaping @Sendable (UInt, JSONValue) -> Void) { submitted.withLock { $0 = body } }

  func answer(_ request: BridgeRequest, from caller: Caller, part: @escaping @Sendable (JSONValue) -> Void) async throws -> JSONValue {
    switch request.type {
    case "vscode/showMessage": return [:]
    case "vscode/getChatHistory": return ["messages": [["role": "user", "content": "hi", "timestamp": 1]]]
    case "vscode/chat":
      let message = request.params["message"]?.stringValue ?? ""
      if message == "never" { try await forever("chat") }
      for piece in ["a", "b"] { part(["delta": .string(piece)]) }
      return ["response": .string("echo: \(message)"), "conversationId": "c"]
    case "vscode/executeCommand": return try await command(request, caller)
    default: throw RequestFailure("Unknown request type: \(request.type)")
    }
  }

  private func command(_ request: BridgeRequest, _ caller: Caller) async throws -> JSONValue {
    let arguments = request.params["args"] ?? []
    switch request.params["command"]?.stringValue {
    case "nothing": return .null
    case "list": return [1, 2]
    case "who":
      return [
        "run": .string(caller.run), "name": .string(caller.name), "connection": .integer(Int64(caller.connection ?? 0)),
        "chat": .bool(caller.scopes.allowsRequest("vscode/chat")),
      ]
    case "fail": throw RequestFailure("it cannot be done")
    case "throw": throw PluginFailure("cannot do it: it is broken")
    case "big": return ["result": .string(String(repeating: "y", count: arguments[0]?.intValue ?? 0))]
    case "never": try await forever("command")
    case "stubborn":
      await withCheckedContinuation { continuation in
        waiting.withLock { $0.append(continuation) }
        notes.note("stubborn begins")
      }
    case "submit":
      if let number = caller.connection { submitted.withLock { $0 }?(number, arguments) }
    default: break
    }
    return ["result": arguments]
  }

  private func forever(_ what: String) async throws {
    notes.note("\(what) begins")
    do {
      try await Task.sleep(for: .seconds(86_400))
    } catch {
      notes.note("\(what) cancelled")
      throw error
    }
  }
}
