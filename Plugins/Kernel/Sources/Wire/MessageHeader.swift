// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

/// What a message's header says, as far as anybody here asks.
struct MessageHeader: Sendable, Hashable {
  /// Unique among the messages of its sender.
  var id: String
  /// As "execute_request".
  var type: String
  /// The sender's session. A kernel's changes when its process does.
  var session: String = ""
  var username: String = ""
  /// ISO 8601, as the sender wrote it; nil when it wrote none.
  var date: String?
  /// Of the protocol. Not to be relied on: see `supported_features` and what is seen.
  var version: String = "5.4"
  /// The subshell meant, for requests on shell and stdin.
  var subshell: String?

  init(
    id: String, type: String, session: String = "", username: String = "", date: String? = nil, version: String = "5.4",
    subshell: String? = nil
  ) {
    self.id = id
    self.type = type
    self.session = session
    self.username = username
    self.date = date
    self.version = version
    self.subshell = subshell
  }

  /// Reads one; nil for what is none: `{}`, `null`, an object without `msg_id`, no JSON. Members of a wrong type count as missing.
  init?(parsing json: [UInt8]) {
    // Two bytes hold no header, and most messages without a parent say so in two.
    guard json.count > 2, let header = Self.parser.withLock({ Self.read(json, with: $0) }) else { return nil }
    self = header
  }

  /// One for all: reading takes a microsecond, and a parser keeps its buffers.
  private static let parser = Mutex(JSONParser())
  /// A header beyond this is no header.
  private static let mostBytes = 1 << 16

  private static func read(_ json: [UInt8], with parser: JSONParser) -> MessageHeader? {
    guard json.count <= mostBytes, let root = try? parser.parse(json) else { return nil }
    guard let id = root["msg_id"]?.string else { return nil }
    return MessageHeader(
      id: id, type: root["msg_type"]?.string ?? "", session: root["session"]?.string ?? "", username: root["username"]?.string ?? "",
      date: root["date"]?.string, version: root["version"]?.string ?? "", subshell: root["subshell_id"]?.string)
  }

  /// As it is sent.
  var json: [UInt8] {
    var members: [String: JSONValue] = [
      "msg_id": .string(id), "msg_type": .string(type), "session": .string(session), "username": .string(username),
      "version": .string(version),
    ]
    if let date { members["date"] = .string(date) }
    if let subshell { members["subshell_id"] = .string(subshell) }
    return JSONValue.object(members).bytes()
  }
}
