// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

/// Reads what scripts send, leniently: Python writes NaN, the infinities and halves of surrogate pairs, which are no JSON.
final class WireReader: Sendable {
  private let parser = Mutex(JSONParser())

  /// Beyond this the parser's buffers would stay large.
  private static let mostForSharedParser = 64 << 10

  /// - Parameter now: When the message came: the caller's time runs from then.
  func read(_ bytes: [UInt8], at now: ContinuousClock.Instant = .now) -> WireMessage {
    do throws(JSONError) {
      return Self.message(try parse(bytes), at: now)
    } catch {
      return mended(bytes, at: now, reason: error)
    }
  }

  private func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    guard bytes.count <= Self.mostForSharedParser else { return try JSONValue(parsing: bytes) }
    return try parser.withLock { parser throws(JSONError) in try parser.parse(bytes).value() }
  }

  /// A halved surrogate pair becomes U+FFFD. A number that JSON cannot say is refused where there is somebody to be told so; an event, which
  /// nobody answers, is taken with null instead, for else its script would wait for nothing.
  private func mended(_ bytes: [UInt8], at now: ContinuousClock.Instant, reason: JSONError) -> WireMessage {
    let (text, hasLostNumbers) = MendedJSON.attempt(bytes)
    guard let value = try? JSONValue(parsing: text) else {
      return .refused(id: WireIdentity.find(in: bytes) ?? .null, reason: WireText.invalidJSON(reason))
    }
    let message = Self.message(value, at: now)
    guard hasLostNumbers, case .request(let request, _, _) = message else { return message }
    return .refused(id: request.id ?? .null, reason: WireText.lostNumbers)
  }

  // MARK: - Kinds

  private static func message(_ value: JSONValue, at now: ContinuousClock.Instant) -> WireMessage {
    guard value.objectValue != nil else { return .refused(id: .null, reason: WireText.noObject) }
    switch value["type"]?.stringValue {
    case "dapEvent": return event(value)
    case "cancel": return id(value).map { .cancel(id: $0) } ?? .ignored
    case let type: return request(value, type, at: now)
    }
  }

  private static func request(_ value: JSONValue, _ type: String?, at now: ContinuousClock.Instant) -> WireMessage {
    guard let id = id(value) else { return .refused(id: .null, reason: WireText.noIdentity) }
    guard let type, !type.isEmpty else { return .refused(id: id, reason: WireText.noType) }
    let params = value["params"] ?? .null
    guard params.isNull || params.objectValue != nil else { return .refused(id: id, reason: WireText.noParameters) }
    let patience = RequestPatience(type: type, timeout: params["timeout"], from: now)
    let request = BridgeRequest(id: id, type: type, params: params.isNull ? .object([:]) : params, deadline: patience?.deadline)
    return .request(request, answerBy: patience?.answerBy, wantsParts: params["stream"]?.boolValue ?? false)
  }

  /// A number or a text; what else may stand there cannot be told apart in an answer.
  private static func id(_ value: JSONValue) -> JSONValue? {
    switch value["id"] {
    case .integer, .number, .string: value["id"]
    case .null, .bool, .array, .object, nil: nil
    }
  }

  // MARK: - Events

  private static func event(_ value: JSONValue) -> WireMessage {
    guard let body = value["body"], let operation = body["operationId"].flatMap(OperationStart.name) else { return .ignored }
    switch value["event"]?.stringValue {
    case "asyncOperationStarted": return .started(start(operation, body))
    case "asyncOperationUpdated":
      guard let status = body["status"]?.stringValue else { return .ignored }
      let error = body["error"]?.stringValue
      return .updated(OperationUpdate(operation: operation, status: status, result: body["result"] ?? .null, error: error))
    default: return .ignored
    }
  }

  private static func start(_ operation: String, _ body: JSONValue) -> OperationStart {
    let stated = [body["metadata"]?["operationParams"], body["uiState"]].compactMap { $0 }.first { !$0.isNull }
    let milliseconds = [body["timeoutMs"], body["metadata"]?["timeout_ms"]].compactMap { $0?.doubleValue }.first
    let names = [body["transitionDescription"], body["transitionName"], body["transitionId"]].compactMap { $0?.stringValue }
    return OperationStart(
      operation: operation, type: body["operationType"]?.stringValue ?? "", resumeToken: body["resumeToken"]?.stringValue,
      name: names.first { !$0.isEmpty }, parameters: stated ?? .null,
      timeout: milliseconds.flatMap { $0 > 0 ? RequestPatience.duration(milliseconds: $0) : nil }, body: body)
  }
}
