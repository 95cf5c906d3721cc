// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON

@testable import Kernel

/// A kernel that is ready, and runs on it.
struct Conformed {
  /// What became of a run.
  struct Run {
    /// Of the reply.
    var status: String
    var executionCount: Int?
    /// Of the streams, together.
    var text: String
    /// Types of what was published, in order.
    var published: [String]
  }

  let handle: any KernelHandle
  let link: any KernelLink
  let heard = LinkRecorder()
  let session = UUID().uuidString

  init(_ handle: any KernelHandle, limit: Duration) async throws {
    self.handle = handle
    link = try await handle.connect(session: session, to: heard.sink)
    _ = try await link.ready(within: limit)
  }

  /// Sends a request to run; returns its id.
  func begin(_ code: String) throws -> String {
    let id = UUID().uuidString
    let content: JSONValue = [
      "code": .string(code), "silent": false, "store_history": true, "user_expressions": .object([:]), "allow_stdin": false,
      "stop_on_error": true,
    ]
    try link.send(.request("execute_request", id: id, session: session, content: content.bytes()))
    return id
  }

  func run(_ code: String) async throws -> Run { try await outcome(of: begin(code)) }

  /// Waits for reply and idle.
  func outcome(of id: String) async throws -> Run {
    await heard.done(id)
    var run = Run(status: "", text: "", published: [])
    for message in heard.messages where message.parent?.id == id {
      let type = message.messageHeader?.type ?? ""
      if message.channel == .iopub { run.published.append(type) }
      guard type == "stream" || type == "execute_reply" else { continue }
      let content = try JSONValue(parsing: message.contentJSON)
      if type == "stream" { run.text += content["text"]?.stringValue ?? "" }
      guard type == "execute_reply" else { continue }
      run.status = content["status"]?.stringValue ?? ""
      run.executionCount = content["execution_count"]?.intValue
    }
    return run
  }
}
