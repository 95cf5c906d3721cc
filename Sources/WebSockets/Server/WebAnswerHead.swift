// SPDX-License-Identifier: Apache-2.0

/// Writes the first lines of an answer.
enum WebAnswerHead {
  /// A whole answer: head and body.
  ///
  /// - Parameter common: Headers of all answers; those of the same name in this one count instead.
  static func bytes(
    _ response: WebServerResponse, common: [WebHeader] = [], date: String, keepsAlive: Bool, isModern: Bool, hasBody: Bool = true
  ) -> [UInt8] {
    guard isSound(response.status, response.headers), isSound(response.status, common) else {
      return bytes(
        WebServerResponse(500, text: "the answer cannot be sent: its head is not formed as HTTP wants it\n"),
        common: common.filter(\.isSound), date: date, keepsAlive: keepsAlive, isModern: isModern, hasBody: hasBody)
    }
    var headers = with(common, response.headers).filter { !ours.contains($0.name.lowercased()) }
    let isBodyless = response.status == 204 || response.status == 304
    if !isBodyless { headers.append(WebHeader("Content-Length", String(response.body.count))) }
    let head = head(response.status, headers, date: date, keepsAlive: keepsAlive, isModern: isModern)
    return hasBody && !isBodyless ? head + response.body : head
  }

  /// The head alone, for a body that follows in pieces.
  static func head(_ status: Int, _ headers: [WebHeader], date: String, keepsAlive: Bool, isModern: Bool) -> [UInt8] {
    var text = "HTTP/1.1 \(status) \(words[status] ?? "Status")\r\nDate: \(date)\r\n"
    for header in headers { text += "\(header.name): \(header.value)\r\n" }
    if !keepsAlive { text += "Connection: close\r\n" } else if !isModern { text += "Connection: keep-alive\r\n" }
    return Array((text + "\r\n").utf8)
  }

  /// All of an answer's own, and the common ones that it does not name.
  static func with(_ common: [WebHeader], _ headers: [WebHeader]) -> [WebHeader] {
    guard !common.isEmpty else { return headers }
    let named = Set(headers.map { $0.name.lowercased() })
    return headers + common.filter { !named.contains($0.name.lowercased()) }
  }

  /// Whether it can be sent at all.
  static func isSound(_ status: Int, _ headers: [WebHeader]) -> Bool {
    (200...599).contains(status) && headers.allSatisfy(\.isSound)
  }

  /// What the server writes itself, in lower case.
  static let ours: Set = ["content-length", "connection", "date", "transfer-encoding", "keep-alive"]

  private static let words = [
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently", 302: "Found",
    303: "See Other", 304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict",
    410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
    415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed", 422: "Unprocessable Content",
    426: "Upgrade Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error",
    501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
  ]
}
