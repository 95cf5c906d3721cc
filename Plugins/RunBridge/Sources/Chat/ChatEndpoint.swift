// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import WebSockets

/// An endpoint that speaks as OpenAI's chat completions do.
struct ChatEndpoint: Sendable {
  let address: WebAddress
  let settings: ChatSettings
  private let client = ChatClient()

  /// - Returns: Nil: none is configured.
  init?(_ settings: ChatSettings) throws {
    guard let baseURL = settings.baseURL, !baseURL.isEmpty else { return nil }
    do {
      address = try WebAddress(baseURL).appending("chat/completions")
    } catch {
      throw PluginFailure("cannot use 'chat.baseURL': \(error.message)", code: "bad_chat_address", status: .invalid)
    }
    if let key = settings.apiKey, !key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) {
      throw PluginFailure(
        "cannot use 'chat.apiKey': it holds a blank or a character that no key has; check where it comes from", code: "bad_chat_key",
        status: .invalid)
    }
    self.settings = settings
  }

  func stop() { client.stop() }

  /// Asks, and gives the text as it grows.
  ///
  /// - Parameters:
  ///   - model: Nil: that of the settings.
  ///   - deadline: When the caller stops waiting; nil: only the settings' limit holds.
  /// - Throws: `RequestFailure`, `CancellationError`.
  func ask(
    _ turns: [ChatTurn], model: String?, until deadline: ContinuousClock.Instant?, part: @Sendable (String) -> Void
  ) async throws -> ChatAnswer {
    let limit = timeLimit(deadline)
    let phrases = EndpointPhrases(address: address, key: settings.apiKey, model: model ?? settings.model, limit: limit)
    do {
      return try await answered(request(turns, model, limit), phrases, part)
    } catch {
      if Task.isCancelled { throw CancellationError() }
      switch error {
      case let error as WebError: throw phrases.failure(error)
      case ChatReader.Trouble.words(let words): throw RequestFailure("the chat endpoint '\(address)' \(words)")
      case ChatReader.Trouble.told(let error): return try phrases.outcome(of: error, status: nil)
      case let error as PluginFailure: throw RequestFailure(error.message)
      default: throw error
      }
    }
  }

  private func answered(
    _ request: WebRequest, _ phrases: EndpointPhrases, _ part: @Sendable (String) -> Void
  ) async throws -> ChatAnswer {
    let response = try await client.begun().stream(request)
    guard (200..<300).contains(response.status) else { return try await refused(response, phrases) }
    var reader = ChatReader(limit: settings.answerBytes)
    for try await piece in response.body {
      let added = try reader.take(piece)
      if !added.isEmpty { part(added) }
      // Some keep the connection open behind the last word.
      if reader.isDone { return try reader.answer() }
    }
    let rest = try reader.finish()
    if !rest.isEmpty { part(rest) }
    return try reader.answer()
  }

  private func refused(_ response: WebStreamedResponse, _ phrases: EndpointPhrases) async throws -> ChatAnswer {
    var body: [UInt8] = []
    for try await piece in response.body {
      body += piece
      if body.count > Self.errorBytes { break }
    }
    let error = (try? JSONValue(parsing: body)).flatMap { EndpointError($0) }
    return try phrases.outcome(of: error, status: response.status, retryAfter: response["retry-after"], location: response["location"])
  }

  /// In bytes of an error's body; of a longer one only the status counts.
  private static let errorBytes = 64 << 10

  private func timeLimit(_ deadline: ContinuousClock.Instant?) -> Duration {
    let most = Duration.seconds(settings.timeoutSeconds)
    return deadline.map { max(.zero, min(most, $0 - .now)) } ?? most
  }

  private func request(_ turns: [ChatTurn], _ model: String?, _ limit: Duration) -> WebRequest {
    var headers = [WebHeader("Content-Type", "application/json"), WebHeader("Accept", "text/event-stream, application/json")]
    if let key = settings.apiKey, !key.isEmpty { headers.append(WebHeader("Authorization", "Bearer \(key)")) }
    return WebRequest(
      "POST", address, headers: headers, body: body(turns, model), timeLimit: limit, sizeLimit: wireLimit,
      trust: WebTrust(authorities: settings.certificates))
  }

  /// In bytes of a whole answer on the wire: each word comes in an event of some hundred bytes.
  private var wireLimit: Int { settings.answerBytes * 64 + (1 << 20) }

  private func body(_ turns: [ChatTurn], _ model: String?) -> [UInt8] {
    let system = settings.systemPrompt.map { [ChatTurn(role: "system", content: $0)] } ?? []
    var body: [String: JSONValue] = ["messages": .array((system + turns).map(\.message)), "stream": .bool(settings.streams)]
    if let model = model ?? settings.model { body["model"] = .string(model) }
    if let temperature = settings.temperature { body["temperature"] = .number(temperature) }
    return JSONValue.object(body).bytes()
  }
}
