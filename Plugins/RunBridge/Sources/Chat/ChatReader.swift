// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Reads what an endpoint answers: server-sent events, or one JSON document from those that do not stream.
struct ChatReader {
  /// Why what came is no answer.
  enum Trouble: Error, Hashable {
    /// Words for a person, behind "the endpoint …".
    case words(String)
    /// The endpoint's own error.
    case told(EndpointError)
  }

  private enum Kind {
    case unknown
    case events(ServerSentEvents)
    case document([UInt8])
  }

  /// In bytes of the answer's text.
  let limit: Int
  private var kind = Kind.unknown
  private var text = ""
  private var refusal = ""
  private var model: String?
  private var finishReason: String?
  private var hasChoice = false
  /// Whether the endpoint said that there is no more.
  private(set) var isDone = false

  init(limit: Int) { self.limit = limit }

  /// In bytes of one event or document: the text may be escaped, six bytes for one.
  private var frameLimit: Int { limit * 6 + (64 << 10) }

  /// - Returns: The text that is new.
  mutating func take(_ bytes: [UInt8]) throws(Trouble) -> String {
    switch kind {
    case .unknown: return try begin(bytes)
    case .events(var events):
      kind = .unknown  // one reference, so that the buffers are changed in place
      let whole = try Self.split(bytes, &events)
      kind = .events(events)
      return try read(whole)
    case .document(var document):
      kind = .unknown
      document += bytes
      kind = .document(document)
      guard document.count <= frameLimit else { throw tooLong }
      return ""
    }
  }

  /// Decides by the first byte that is no blank: what servers say of their content is often wrong.
  private mutating func begin(_ bytes: [UInt8]) throws(Trouble) -> String {
    let rest = Array(bytes.drop { $0 <= 0x20 || [0xef, 0xbb, 0xbf].contains($0) })
    guard let first = rest.first else { return "" }
    switch first {
    case UInt8(ascii: "{"): kind = .document([])
    case UInt8(ascii: "d"), UInt8(ascii: ":"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "r"):
      kind = .events(ServerSentEvents(limit: frameLimit))
    default: throw .words("answered something that is no chat")
    }
    return try take(rest)
  }

  /// - Returns: The rest of the text.
  mutating func finish() throws(Trouble) -> String {
    switch kind {
    case .unknown: throw .words("answered nothing")
    case .events(var events):
      let last = events.finish()
      return try read(last.map { [$0] } ?? [])
    case .document(let document):
      let value = try Self.parsed(document)
      let added = try read(value)
      guard hasChoice else { throw .words("answered without a choice") }
      isDone = true
      return added
    }
  }

  /// What was said, once all was read.
  func answer() throws(Trouble) -> ChatAnswer {
    guard isDone || finishReason != nil else { throw .words("ended its answer in the middle") }
    if finishReason == "content_filter" { return .blocked("content_filter") }
    if text.isEmpty, !refusal.isEmpty { return .blocked("refusal") }
    if text.isEmpty, let finishReason, finishReason != "stop" { throw .words("answered without text (it ended with '\(finishReason)')") }
    return .text(text, model: model)
  }

  private static func split(_ bytes: [UInt8], _ events: inout ServerSentEvents) throws(Trouble) -> [[UInt8]] {
    do {
      return try events.take(bytes)
    } catch {
      throw .words("sent an event longer than the limit of \(events.limit) bytes")
    }
  }

  private mutating func read(_ events: [[UInt8]]) throws(Trouble) -> String {
    var added = ""
    for event in events where !isDone && !event.isEmpty {
      if event.elementsEqual("[DONE]".utf8) {
        isDone = true
      } else {
        added += try read(try Self.parsed(event))
      }
    }
    return added
  }

  private static func parsed(_ bytes: [UInt8]) throws(Trouble) -> JSONValue {
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw .words("sent what cannot be read (\(error.message))")
    }
  }

  private mutating func read(_ value: JSONValue) throws(Trouble) -> String {
    if let error = EndpointError(value) { throw .told(error) }
    if let model = value["model"]?.stringValue { self.model = String(model.prefix(200)) }
    guard let choice = value["choices"]?.arrayValue?.first(where: { ($0["index"]?.intValue ?? 0) == 0 }) else { return "" }
    hasChoice = true
    if let reason = choice["finish_reason"]?.stringValue { finishReason = String(reason.prefix(100)) }
    let said = choice["delta"] ?? choice["message"] ?? .null
    if let refusal = said["refusal"]?.stringValue { self.refusal += refusal }
    let added = Self.text(said["content"] ?? .null)
    text += added
    guard text.utf8.count + refusal.utf8.count <= limit else { throw tooLong }
    return added
  }

  /// A text, or the texts of an array of parts.
  private static func text(_ content: JSONValue) -> String {
    content.stringValue ?? (content.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined()
  }

  private var tooLong: Trouble { .words("answered more than the limit of \(limit) bytes") }
}
