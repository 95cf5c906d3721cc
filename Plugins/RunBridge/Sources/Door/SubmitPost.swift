// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import WebSockets

/// Answers `POST /submit`: somebody sends the answer that an operation waits for.
///
/// Nothing of the body is looked at before the token was found right; only the session may stand in it, as older callers have it.
struct SubmitPost: Sendable {
  let hall: DoorHall

  /// On the server's thread: what may wait is done in a task.
  func answer(_ request: WebServerRequest, _ responder: WebResponder) {
    guard request.head.method == "POST", request.head.path == "/submit" else { return responder.send(Self.error(404, "Not found")) }
    _ = Task(executorPreference: hall.executor) { responder.send(await answer(request)) }
  }

  private func answer(_ request: WebServerRequest) async -> WebServerResponse {
    let shown = DoorCredentials(request.head, takesQuery: false)
    guard let token = shown.token else { return unauthorized("Unauthorized") }
    if let caller = hall.partners.authority.caller(token: token, session: nil, connection: nil) {
      return await answer(request.body, of: caller, token: token, session: shown.session)
    }
    guard await hall.partners.submits.isSecret(token) else { return unauthorized("Unauthorized") }
    guard let body = Self.object(request.body) else { return Self.error(400, "Invalid JSON") }
    return await take(body, by: .operation(secret: token))
  }

  private func answer(_ bytes: [UInt8], of caller: Caller, token: String, session: String?) async -> WebServerResponse {
    if let session, !isRight(token, session) { return unauthorized("Unauthorized session") }
    guard hall.rate.take(caller.run) else { return Self.error(429, WireText.tooOften(hall.settings.requestsPerSecond)) }
    guard let body = Self.object(bytes) else { return Self.error(400, "Invalid JSON") }
    if session == nil {
      let inBody = [body["sessionId"], body["session"]].compactMap { $0?.stringValue }.first { !$0.isEmpty }
      guard let inBody, isRight(token, inBody) else { return unauthorized("Unauthorized session") }
    }
    guard let resumeToken = body["resumeToken"]?.stringValue, !resumeToken.isEmpty else { return Self.error(400, "Missing resumeToken") }
    return await take(body, resumeToken, by: .run(caller))
  }

  private func isRight(_ token: String, _ session: String) -> Bool {
    hall.partners.authority.caller(token: token, session: session, connection: nil) != nil
  }

  private func take(_ body: JSONValue, _ resumeToken: String? = nil, by right: PostedSubmit.Right) async -> WebServerResponse {
    let resumeToken = resumeToken ?? body["resumeToken"]?.stringValue
    let submit = PostedSubmit(right: right, resumeToken: resumeToken, result: body["result"] ?? .null)
    switch await hall.partners.submits.take(submit) {
    case .accepted(let operation): return Self.json(200, ["ok": true, "operationId": operation])
    case .unknown: return Self.error(404, "Unknown resumeToken")
    case .completed: return Self.error(409, "Operation already completed")
    case .failed(let reason): return Self.error(500, reason)
    }
  }

  private func unauthorized(_ reason: String) -> WebServerResponse {
    hall.count { $0.unauthorized += 1 }
    return Self.error(401, reason)
  }

  // MARK: - JSON

  /// An object; halves of surrogate pairs are mended, numbers that JSON cannot say are not.
  private static func object(_ bytes: [UInt8]) -> JSONValue? {
    let value = (try? JSONValue(parsing: bytes)) ?? mended(bytes)
    guard let value, value.objectValue != nil else { return .none }
    return value
  }

  private static func mended(_ bytes: [UInt8]) -> JSONValue? {
    let (text, hasLostNumbers) = MendedJSON.attempt(bytes)
    return hasLostNumbers ? .none : try? JSONValue(parsing: text)
  }

  private static func error(_ status: Int, _ reason: String) -> WebServerResponse { json(status, ["error": .string(reason)]) }

  private static func json(_ status: Int, _ value: JSONValue) -> WebServerResponse {
    WebServerResponse(status, headers: [WebHeader("Content-Type", "application/json")], body: value.bytes())
  }
}
