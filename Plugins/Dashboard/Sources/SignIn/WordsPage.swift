// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// Small pages of words, for those who are not inside yet.
struct WordsPage: Sendable {
  let base: BasePath
  /// Where the looks are, from the root on.
  let assets: String

  /// - Parameter paragraphs: Words; what stands between backticks is to be typed.
  func response(_ status: Int, title: String, _ paragraphs: [String], headers: [WebHeader] = []) -> WebServerResponse {
    html(status, title, "", paragraphs.map { "<p>\(Self.typed($0))</p>" }.joined(separator: "\n"), headers)
  }

  /// Goes on by itself. A redirection would not do: browsers keep the new cookie back when they came by another site's link.
  func onward(to address: String, headers: [WebHeader] = []) -> WebServerResponse {
    let address = Self.escaped(address)
    return html(
      200, "Jackfield", "<meta http-equiv=\"refresh\" content=\"0;url=\(address)\">\n",
      "<p><a href=\"\(address)\">Go on to Jackfield</a></p>", headers)
  }

  private func html(_ status: Int, _ title: String, _ more: String, _ body: String, _ headers: [WebHeader]) -> WebServerResponse {
    let text = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>\(Self.escaped(title))</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      \(more)<link rel="icon" href="\(assets)icon.svg">
      <link rel="stylesheet" href="\(assets)styles/tokens.css">
      <link rel="stylesheet" href="\(assets)styles/door.css">
      </head>
      <body>
      <main>
      <img src="\(assets)icon.svg" alt="" width="48" height="48">
      <h1>\(Self.escaped(title))</h1>
      \(body)
      </main>
      </body>
      </html>

      """
    return WebServerResponse(
      status, headers: [WebHeader("Content-Type", "text/html; charset=utf-8"), SecurityHeaders.words] + headers, body: Array(text.utf8))
  }

  private static func typed(_ text: String) -> String {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
      index.isMultiple(of: 2) ? escaped(String(part)) : "<code>\(escaped(String(part)))</code>"
    }.joined()
  }

  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.append(character)
      }
    }
  }
}
