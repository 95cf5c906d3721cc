// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// The page itself, at every path that is nothing else; words for those who are not signed in.
struct IndexPage: Sendable {
  private let file: WebFile
  private let words: WordsPage
  private let cookie: SessionCookie

  init(_ files: WebFiles, base: BasePath, assets: String, words: WordsPage, cookie: SessionCookie) {
    file = PageTemplate.filled(files["index.html"] ?? WebFile(type: "text/plain", body: []), base: base, assets: assets)
    self.words = words
    self.cookie = cookie
  }

  func answer(_ head: WebServerHead, _ session: PageSession?) -> WebServerResponse {
    guard session != nil else { return refuse(head) }
    var headers = [WebHeader("Content-Type", file.type), SecurityHeaders.page]
    // Each opening of the page gives the cookie its whole time again.
    if let shown = cookie.shown(head) { headers.append(cookie.given(shown, to: head)) }
    return WebServerResponse(200, headers: headers, body: file.body)
  }

  private func refuse(_ head: WebServerHead) -> WebServerResponse {
    // By a link of another site the browser keeps the cookie back; from here on it is the page's own link.
    if RequestMarks(head).isLinkFromElsewhere, head.target.hasPrefix(words.base.text),
      let place = NextPlace.checked(String(head.target.dropFirst(words.base.text.count)))
    {
      return words.onward(to: words.base.text + place)
    }
    return words.response(
      401, title: "Sign in with a link",
      [
        "This page shows and does what the host's user may, so it wants to know that it is you.",
        "Type in a terminal: `jackfield dashboard`", "For a link that can only look: `jackfield dashboard --read-only`",
      ])
  }
}
