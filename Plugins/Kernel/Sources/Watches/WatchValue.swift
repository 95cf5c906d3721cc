// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What an expression was at a moment.
struct WatchValue: Sendable, Hashable {
  enum Status: String, Sendable, Hashable {
    case ok, error
    /// There was no answer within the time limit.
    case late
    /// There is no kernel to ask.
    case absent
  }

  /// Texts kept in the history are no longer than this.
  private static let historyBytes = 1_024
  /// A bundle larger than this keeps its text alone.
  private static let bundleBytes = 1 << 20

  var status: Status
  /// Unix seconds.
  var time: Double
  /// For people, one line or many; "None" is a value like others.
  var text: String
  /// What the value is as a number, for lines that show how it went.
  var number: Double?
  /// All types of it, as the kernel gave them; nil for what is no value.
  var data: [String: JSONValue]?
  var metadata: [String: JSONValue]?
  var traceback: [String]?
  /// What is not in `data` for its size, in words.
  var leftOut: String?

  init(status: Status, time: Double, text: String) {
    self.status = status
    self.time = time
    self.text = text
  }

  /// Reads what a kernel answered for one of its `user_expressions`.
  init(answer: JSONValue, time: Double) {
    guard answer["status"] == "ok" else {
      self.init(status: .error, time: time, text: Self.sentence(answer))
      traceback = answer["traceback"]?.arrayValue?.compactMap(\.stringValue)
      return
    }
    let data = answer["data"]?.objectValue ?? [:]
    let text = data["text/plain"]?.stringValue ?? "[\(data.keys.sorted().joined(separator: ", "))]"
    self.init(status: .ok, time: time, text: String(decoding: text.utf8.prefix(64 << 10), as: UTF8.self))
    number = WatchNumber.of(text)
    let size = JSONValue.object(data).bytes().count
    self.data = size <= Self.bundleBytes ? data : ["text/plain": .string(self.text)]
    metadata = answer["metadata"]?.objectValue
    if size > Self.bundleBytes || text.utf8.count > 64 << 10 {
      leftOut = "the value has \(size) bytes; its text, and no more than 64 KiB of it, is shown"
    }
  }

  private static func sentence(_ answer: JSONValue) -> String {
    let name = answer["ename"]?.stringValue ?? "Error"
    guard let value = answer["evalue"]?.stringValue, !value.isEmpty else { return name }
    return "\(name): \(value)"
  }

  /// The text as the history keeps it.
  var shortText: String {
    text.utf8.count <= Self.historyBytes ? text : String(decoding: text.utf8.prefix(Self.historyBytes), as: UTF8.self) + "…"
  }
}

// MARK: - JSON

extension WatchValue {
  var json: JSONValue {
    var value: JSONValue = ["status": .string(status.rawValue), "time": .number(time), "text": .string(text)]
    if let number { value["number"] = .number(number) }
    if let data { value["data"] = .object(data) }
    if let metadata { value["metadata"] = .object(metadata) }
    if let traceback { value["traceback"] = .array(traceback.map { .string($0) }) }
    if let leftOut { value["left_out"] = .string(leftOut) }
    if let types = data?.keys.filter(MimePriority.isUntrusted).sorted(), !types.isEmpty {
      value["untrusted"] = .array(types.map { .string($0) })
    }
    return value
  }

  init?(json: JSONValue) {
    guard let status = json["status"]?.stringValue.flatMap(Status.init), let time = json["time"]?.doubleValue else { return nil }
    self.init(status: status, time: time, text: json["text"]?.stringValue ?? "")
    number = json["number"]?.doubleValue
    data = json["data"]?.objectValue
    metadata = json["metadata"]?.objectValue
    traceback = json["traceback"]?.arrayValue?.compactMap(\.stringValue)
    leftOut = json["left_out"]?.stringValue
  }
}
