// SPDX-License-Identifier: Apache-2.0
import JSON

/// One line of a client, understood as far as JSON-RPC goes.
struct ControlRequest {
  /// nil: a notification, which gets no reply.
  let id: JSONValue?
  let method: String
  let params: ControlParameters

  /// What is wrong with a line, and whom to tell.
  struct Refusal: Error {
    var id: JSONValue
    var error: ControlError
  }

  init(line: [UInt8], parser: ControlParser) throws(Refusal) {
    let root = try Self.parse(line, parser)
    switch root.kind {
    case .object: break
    case .array: throw Self.refusal("batches are not taken; send each request as a line of its own")
    default: throw Self.refusal("a request is a JSON object with 'jsonrpc', 'method', and 'id'")
    }
    id = try Self.id(root)
    guard root["jsonrpc"]?.equals("2.0") == true else {
      throw Self.refusal("a request must say \"jsonrpc\": \"2.0\"", id: id)
    }
    guard let method = root["method"]?.string else { throw Self.refusal("a request must name its 'method' as a string", id: id) }
    self.method = method
    guard let params = root["params"] else {
      self.params = ControlParameters(values: [:], input: nil)
      return
    }
    guard params.kind == .object else {
      throw Refusal(id: id ?? .null, error: .wrongParameters("'params' of '\(method)' must be an object"))
    }
    self.params = ControlParameters(params, line: line)
  }

  private static func parse(_ line: [UInt8], _ parser: ControlParser) throws(Refusal) -> JSONElement {
    do {
      return try parser.parse(line)
    } catch {
      throw Refusal(id: .null, error: .notJSON("cannot read the line: \(error.message)"))
    }
  }

  private static func id(_ root: JSONElement) throws(Refusal) -> JSONValue? {
    guard let id = root["id"] else { return nil }
    switch id.value() {
    case let value where isID(value): return value
    default: throw refusal("an 'id' must be a string, or a number that a double holds exactly")
    }
  }

  /// Whether the value can be told apart and sent back unchanged.
  static func isID(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .string, .integer: true
    case .number(let number): abs(number) < 0x1p53
    case .bool, .array, .object: false
    }
  }

  private static func refusal(_ message: String, id: JSONValue? = nil) -> Refusal {
    Refusal(id: id ?? .null, error: .notARequest(message))
  }
}
