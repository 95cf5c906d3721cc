// SPDX-License-Identifier: Apache-2.0
// The JSON of a failure as it crosses the boundary: {"message", "code"?, "retryable"?, "data"?}.

extension PluginFailure {
  /// The failure as JSON.
  package var payload: Payload {
    var text = JSONText()
    text.append(raw: "{")
    if let code {
      text.append(raw: "\"code\":")
      text.append(string: code)
      text.append(raw: ",")
    }
    if let data, data.content == .json, !data.bytes.isEmpty {
      text.append(raw: "\"data\":")
      text.append(raw: data.bytes)
      text.append(raw: ",")
    }
    text.append(raw: "\"message\":")
    text.append(string: message)
    if retryable { text.append(raw: ",\"retryable\":true") }
    text.append(raw: "}")
    return Payload(bytes: text.bytes)
  }

  /// Reads the failure another plugin or the host answered.
  package init(status: Status, payload: Payload, of command: String) {
    let wire = try? payload.decode(Wire.self)  // Anything unreadable leaves the status, which says enough.
    self.init(
      wire?.message ?? "'\(command)' ended with status '\(status)'", code: wire?.code, retryable: wire?.retryable ?? false,
      data: wire?.data, status: status)
  }

  private struct Wire: Decodable {
    let message: String?
    let code: String?
    let retryable: Bool?
    let data: AnyJSON?
  }
}

/// Any JSON value, to be written again as it was read.
private enum AnyJSON: Codable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([AnyJSON])
  case object([String: AnyJSON])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([AnyJSON].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: AnyJSON].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
