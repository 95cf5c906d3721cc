// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension RequestRouter {
  /// How much of a message a line of the log holds.
  private static let longestLogged = 4_096
  private static let longestPath = 4_096

  /// Answers at once: nobody has to read it.
  func showMessage(_ ask: Ask) async throws -> JSONValue {
    let message = try ask.text("message")
    let level = MessageLevel(ask.params["level"])
    let isHeard = await ask.tell(.message, ["message": .string(message.clipped(Ask.longestText)), "level": .string(level.rawValue)])
    if !isHeard { remark(level, "message of a run", ["run": ask.caller.name, "message": message.clipped(Self.longestLogged)]) }
    return [:]
  }

  func progress(_ ask: Ask) async throws -> JSONValue {
    let title = ask.params["title"]?.stringValue?.clipped(Ask.longestText) ?? ""
    let note = ask.params["note"]?.stringValue?.clipped(Ask.longestText) ?? ""
    let fraction = ask.params["fraction"]?.doubleValue.map { min(max($0, 0), 1) }
    let isDone = ask.params["done"]?.boolValue ?? false
    let body: JSONValue = [
      "id": Self.progressID(ask.params["id"]), "title": .string(title), "fraction": fraction.map { .number($0) } ?? .null,
      "note": .string(note), "done": .bool(isDone),
    ]
    let isHeard = await ask.tell(.progress, body)
    // The log is told of the beginning and the end: it is no place for every step.
    if !isHeard, isDone || fraction == nil || fraction == 0 {
      remark(
        .info, isDone ? "progress of a run ended" : "progress of a run",
        ["run": ask.caller.name, "title": title.clipped(200), "note": note.clipped(200)])
    }
    return [:]
  }

  /// A text or a number; what else it is has no business being kept.
  private static func progressID(_ value: JSONValue?) -> JSONValue {
    if let text = value?.stringValue { return .string(text.clipped(200)) }
    return value?.intValue.map { .integer(Int64($0)) } ?? .null
  }

  // MARK: - Documents

  func openFile(_ ask: Ask) async throws -> JSONValue {
    let path = try Self.path(try ask.text("path"), ask.caller)
    var body: JSONValue = ["path": .string(path)]
    for name in ["line", "column"] {
      if let number = ask.params[name]?.intValue { body[name] = .integer(Int64(number)) }
    }
    guard try await ask.front(.open, body) != nil else { return unopened("open a file", ask) }
    return ["opened": true]
  }

  func showDiff(_ ask: Ask) async throws -> JSONValue {
    var body: JSONValue = ["left": try Self.side("left", ask), "right": try Self.side("right", ask)]
    if let title = ask.params["title"]?.stringValue { body["title"] = .string(title.clipped(Ask.longestText)) }
    guard try await ask.front(.diff, body) != nil else { return unopened("show a difference", ask) }
    return ["opened": true]
  }

  /// One side of a difference: a path, or a text with a name.
  private static func side(_ name: String, _ ask: Ask) throws(RequestFailure) -> JSONValue {
    if let side = ask.params[name], side.objectValue != nil {
      guard let text = side["text"]?.stringValue else {
        throw RequestFailure("'\(name)' must be a path, or an object with 'text' and 'name'")
      }
      return ["text": .string(text), "name": .string(side["name"]?.stringValue?.clipped(longestPath) ?? name)]
    }
    return .string(try path(try ask.text(name), ask.caller))
  }

  /// As it is seen from the run's folder.
  private static func path(_ path: String, _ caller: Caller) throws(RequestFailure) -> String {
    guard path.utf8.count <= longestPath, !path.utf8.contains(0) else {
      throw RequestFailure("a path must be at most \(longestPath) bytes, and hold no NUL")
    }
    guard !path.hasPrefix("/"), let folder = caller.workspace else { return path }
    return folder + "/" + path
  }

  /// Nothing a script must stop for.
  private func unopened(_ what: String, _ ask: Ask) -> JSONValue {
    let reason = Ask.nobody(what, "").message
    remark(.info, "not shown", ["run": ask.caller.name, "reason": reason])
    return ["opened": false, "reason": .string(reason)]
  }
}
