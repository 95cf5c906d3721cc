// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// Says in sentences what went wrong with an endpoint, without the key.
struct EndpointPhrases: Sendable {
  let address: WebAddress
  let key: String?
  let model: String?
  let limit: Duration

  /// - Throws: `RequestFailure`, unless the endpoint blocked the question.
  func outcome(
    of error: EndpointError?, status: Int?, retryAfter: String? = nil, location: String? = nil
  ) throws(RequestFailure) -> ChatAnswer {
    if let reason = error?.blockedReason { return .blocked(reason) }
    guard let status else { throw RequestFailure("the chat endpoint '\(address)' broke off\(told(error, status: nil)); try again later") }
    throw RequestFailure("the chat endpoint '\(address)' " + words(status, told(error, status: status), retryAfter, location))
  }

  private func words(_ status: Int, _ told: String, _ retryAfter: String?, _ location: String?) -> String {
    switch status {
    case 300..<400:
      "redirects\(location.map { " to '\(sound($0.prefix { $0 != "?" }))'" } ?? "")\(told), which is not followed; correct 'chat.baseURL'"
    case 401, 403: key?.isEmpty ?? true ? "wants a key\(told); set 'chat.apiKey'" : "refuses the key\(told); check 'chat.apiKey'"
    case 404:
      "knows no chat at this address, or no model \(model.map { "'\(sound($0))'" } ?? "for those who name none")\(told); "
        + "check 'chat.baseURL' and 'chat.model'"
    case 408, 504: "gave up waiting\(told); try again later"
    case 413: "takes no conversation of this size\(told); send a shorter message, or lower 'chat.maxHistory'"
    case 429: "takes no more requests for now\(told); try again \(retryAfter.flatMap { Int($0) }.map { "in \($0) s" } ?? "later")"
    case 500...: "failed\(told); try again later"
    default: "refuses the request\(told)"
    }
  }

  func failure(_ error: WebError) -> RequestFailure {
    switch error.code {
    case .timeout: RequestFailure("the chat endpoint '\(address)' gave no whole answer within \(seconds) s")
    case .tooLarge: RequestFailure("the chat endpoint '\(address)' answered without end; it was given up")
    case .unreachable: RequestFailure("cannot reach the chat endpoint: \(error.message)")
    case .broken: RequestFailure("the chat endpoint '\(address)' ended its answer in the middle")
    case .stopped: RequestFailure("cannot ask the chat endpoint: the host is stopping")
    case .invalid, .upgradeRefused, .full, .cancelled: RequestFailure("cannot ask the chat endpoint: \(error.message)")
    }
  }

  private var seconds: String {
    let seconds = (limit / .seconds(1) * 10).rounded() / 10
    return seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }

  private func told(_ error: EndpointError?, status: Int?) -> String {
    let parts = [status.map { "status \($0)" }, error.map { sound($0.message) }].compactMap { $0 }.filter { !$0.isEmpty }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ": ")))"
  }

  /// A text of others, fit for one line of ours.
  private func sound(_ text: some StringProtocol) -> String {
    let clean = String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
    let safe = key.flatMap { $0.isEmpty ? nil : clean.replacing($0, with: "…") } ?? clean
    return safe.count > 300 ? safe.prefix(300) + "…" : safe
  }
}
