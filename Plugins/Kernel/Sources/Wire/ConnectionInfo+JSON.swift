// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

extension ConnectionInfo {
  /// A file beyond this is no connection file.
  static let mostBytes = 1 << 16
  private static let mostText = 4_096
  /// What fits into a Unix socket's path.
  private static let mostPath = 107

  /// Reads the content of a connection file. It may have been written by anybody.
  ///
  /// - Throws: A sentence with what is wrong; with the code `connection_incomplete` when the kernel has still to choose its ports.
  init(parsing json: [UInt8]) throws {
    guard json.count <= Self.mostBytes else { throw Self.refusal("it has \(json.count) bytes, of at most \(Self.mostBytes)") }
    let value: JSONValue
    do { value = try JSONValue(parsing: json) } catch { throw Self.refusal("\(error)") }
    guard case .object(let members) = value else { throw Self.refusal("it is no JSON object") }
    try self.init(members)
  }

  /// Reads the members of a connection file, wherever they came from.
  init(_ members: [String: JSONValue]) throws {
    self.init(
      shellPort: try Self.port("shell_port", members), iopubPort: try Self.port("iopub_port", members),
      stdinPort: try Self.port("stdin_port", members), controlPort: try Self.port("control_port", members),
      heartbeatPort: try Self.port("hb_port", members, isOptional: true), key: try Self.text("key", members) ?? "")
    transport = try Self.text("transport", members) ?? "tcp"
    ip = try Self.text("ip", members) ?? "127.0.0.1"
    signatureScheme = try Self.text("signature_scheme", members) ?? "hmac-sha256"
    kernelName = try Self.text("kernel_name", members) ?? ""
    curvePublicKey = try Self.curveKey("curve_publickey", members)
    curveSecretKey = try Self.curveKey("curve_secretkey", members)
    try checkPlace()
  }

  /// As a connection file.
  var json: [UInt8] {
    var members: [String: JSONValue] = [
      "transport": .string(transport), "ip": .string(ip), "key": .string(key), "signature_scheme": .string(signatureScheme),
      "kernel_name": .string(kernelName), "shell_port": .integer(Int64(shellPort)), "iopub_port": .integer(Int64(iopubPort)),
      "stdin_port": .integer(Int64(stdinPort)), "control_port": .integer(Int64(controlPort)), "hb_port": .integer(Int64(heartbeatPort)),
    ]
    if let curvePublicKey { members["curve_publickey"] = .string(curvePublicKey) }
    if let curveSecretKey { members["curve_secretkey"] = .string(curveSecretKey) }
    return JSONValue.object(members).bytes(pretty: true)
  }

  // MARK: - Checking

  private func checkPlace() throws {
    switch transport {
    case "tcp":
      // `*` and a name with a semicolon mean other things to ZeroMQ than an address.
      guard !ip.isEmpty, ip.utf8.count <= 255, ip.utf8.allSatisfy(Self.isAddressByte) else {
        throw Self.refusal("'ip' is '\(ip.prefix(60))', which is no address")
      }
    case "ipc":
      guard !ip.isEmpty, !ip.utf8.contains(0) else { throw Self.refusal("'ip' must be the beginning of a path, for ipc") }
      let length = KernelChannel.allCases.map { endpoint(of: $0).utf8.count - "ipc://".utf8.count }.max() ?? 0
      guard length <= Self.mostPath else {
        throw Self.refusal("its sockets' paths have \(length) bytes, of at most \(Self.mostPath): use a shorter folder")
      }
    default: throw Self.refusal("'transport' is '\(transport.prefix(20))', neither 'tcp' nor 'ipc'")
    }
  }

  private static func isAddressByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "%"):
      true
    default: false
    }
  }

  /// A number, or one written as text: xeus sends such.
  private static func port(_ name: String, _ members: [String: JSONValue], isOptional: Bool = false) throws -> Int {
    let number: Int?
    switch members[name] {
    case nil, .null: return try missing(name, isOptional)
    case .string(let text): number = text.utf8.count <= 5 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    case .some(let value): number = value.intValue
    }
    guard let number, (0...65_535).contains(number) else {
      throw refusal("'\(name)' is \(members[name]?.serialized().prefix(40) ?? ""), which is no port from 1 to 65535")
    }
    return number > 0 ? number : try missing(name, isOptional)
  }

  private static func missing(_ name: String, _ isOptional: Bool) throws -> Int {
    guard !isOptional else { return 0 }
    throw PluginFailure(
      "cannot use the connection file: '\(name)' is not there yet; the kernel chooses its ports itself and has not written them",
      code: "connection_incomplete", retryable: true, status: .invalid)
  }

  private static func text(_ name: String, _ members: [String: JSONValue]) throws -> String? {
    switch members[name] {
    case nil, .null: return nil
    case .string(let text) where text.utf8.count <= mostText: return text
    case .string: throw refusal("'\(name)' is longer than \(mostText) bytes")
    default: throw refusal("'\(name)' is no text")
    }
  }

  private static func curveKey(_ name: String, _ members: [String: JSONValue]) throws -> String? {
    guard let text = try text(name, members), !text.isEmpty else { return nil }
    guard text.utf8.count == 40, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw refusal("'\(name)' is no Z85 key of 40 characters")
    }
    return text
  }

  private static func refusal(_ reason: String) -> PluginFailure {
    PluginFailure("cannot use the connection file: \(reason)", code: "bad_connection_file", status: .invalid)
  }
}
