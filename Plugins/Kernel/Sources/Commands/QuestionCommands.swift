// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

/// The commands that ask a kernel something: completion, inspection, history, variables, comms.
struct QuestionCommands: Sendable {
  let kernels: Kernels

  private struct Question: Decodable, Sendable {
    var kernel: String?
    var document: String?
    var code: String?
    var cursor: Int?
    var detail_level: Int?
    var access: String?
    var n: Int?
    var pattern: String?
    var session: Int?
    var start: Int?
    var stop: Int?
    var unique: Bool?
    var output: Bool?
    var raw: Bool?
    var timeout: Double?
    var expression: String?

    var limit: Duration { .seconds(min(max(timeout ?? 5, 0.05), 300)) }
    /// Where the cursor is, in Unicode code points; at the end when nobody says.
    var position: Int { cursor ?? code?.unicodeScalars.count ?? 0 }
  }

  private struct Comm: Decodable, Sendable {
    var kernel: String?
    var document: String?
    var action: String
    var comm_id: String?
    var target_name: String?
    var data: JSONValue?
    /// In base64.
    var buffers: [String]?
  }

  var all: [Command] {
    [
      command("kernel.complete", "complete_request") { ["code": .string($0.code ?? ""), "cursor_pos": .integer(Int64($0.position))] },
      command("kernel.inspect", "inspect_request") {
        [
          "code": .string($0.code ?? ""), "cursor_pos": .integer(Int64($0.position)), "detail_level": .integer(Int64($0.detail_level ?? 0)),
        ]
      },
      command("kernel.is_complete", "is_complete_request") { ["code": .string($0.code ?? "")] },
      command("kernel.history", "history_request", Self.history),
      .bytes("kernel.variables") { payload, _ in
        let question: Question = try payload.decode()
        let kernel = try await kernels.target(question.kernel, question.document)
        return Payload(bytes: try await Variables.read(from: kernel, within: question.limit).bytes())
      },
      .bytes("kernel.evaluate") { payload, _ in
        let question: Question = try payload.decode()
        let kernel = try await kernels.target(question.kernel, question.document)
        let values = try await kernel.evaluate(["value": question.expression ?? ""], within: question.limit)
        return Payload(bytes: (values["value"] ?? .null).bytes())
      },
      .bytes("kernel.comm") { payload, _ in Payload(bytes: try await comm(payload.decode()).bytes()) },
    ]
  }

  private func command(_ name: String, _ type: String, _ content: @escaping @Sendable (Question) -> JSONValue) -> Command {
    .bytes(name) { payload, _ in
      let question: Question = try payload.decode()
      let kernel = try await kernels.target(question.kernel, question.document)
      return Payload(bytes: try await kernel.askBeside(type, content(question), within: question.limit).bytes())
    }
  }

  private static func history(_ question: Question) -> JSONValue {
    var content: [String: JSONValue] = [
      "output": .bool(question.output ?? false), "raw": .bool(question.raw ?? true), "hist_access_type": .string(question.access ?? "tail"),
      "n": .integer(Int64(question.n ?? 20)),
    ]
    if let pattern = question.pattern { content["pattern"] = .string(pattern) }
    if let session = question.session { content["session"] = .integer(Int64(session)) }
    if let start = question.start { content["start"] = .integer(Int64(start)) }
    if let stop = question.stop { content["stop"] = .integer(Int64(stop)) }
    if let unique = question.unique { content["unique"] = .bool(unique) }
    return .object(content)
  }

  // MARK: - Comms

  private static func buffers(_ texts: [String]) throws -> [[UInt8]] {
    try texts.enumerated().map { number, text in
      guard let data = Data(base64Encoded: text) else {
        throw PluginFailure("cannot send a comm message: buffer \(number) is no base64", status: .invalid)
      }
      return Array(data)
    }
  }

  private func comm(_ input: Comm) async throws -> JSONValue {
    let kernel = try await kernels.target(input.kernel, input.document)
    if input.action == "list" {
      return [
        "comms": .array(
          await kernel.comms.map {
            ["comm_id": .string($0.key), "target_name": .string($0.value.target), "state": .object($0.value.state)]
          })
      ]
    }
    guard let comm = input.comm_id, ["open", "msg", "close"].contains(input.action) else {
      throw PluginFailure(
        "cannot send a comm message: 'action' must be list, open, msg or close, and all but list need 'comm_id'", status: .invalid)
    }
    var content: [String: JSONValue] = ["comm_id": .string(comm), "data": input.data ?? [:]]
    if input.action == "open" { content["target_name"] = .string(input.target_name ?? "") }
    try await kernel.sendComm("comm_\(input.action)", .object(content), buffers: Self.buffers(input.buffers ?? []))
    return ["comm_id": .string(comm)]
  }
}
