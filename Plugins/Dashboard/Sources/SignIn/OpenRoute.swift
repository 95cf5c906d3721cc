// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import PluginSDK
internal import WebSockets

/// `GET open?code=…&next=…`: a code becomes a cookie.
struct OpenRoute: PageRoute {
  let base: BasePath
  let codes: SignInCodes
  let sessions: SessionBook
  let words: WordsPage
  let wrong = WrongCodes()
  let log: PluginLog?

  func answer(_ request: PageRequest, with responder: WebResponder) { responder.send(response(request.whole.head)) }

  private func response(_ head: WebServerHead) -> WebServerResponse {
    guard head.method == "GET", !RequestMarks(head).isPrefetch else {
      return WebServerResponse(503, text: "a link for signing in is not fetched in advance\n")
    }
    guard let next = NextPlace.checked(head.queryValue("next") ?? "") else {
      return words.response(400, title: "This link leads elsewhere", ["What follows its `next=` is no place of this page."])
    }
    let address = base.text + next
    if let grant = codes.take(head.queryValue("code") ?? "") { return signIn(grant, head, address) }
    // Who is inside already and follows an old link wants to be inside.
    if sessions.session(head) != nil { return words.onward(to: address) }
    return refuse()
  }

  private func signIn(_ grant: SignInCodes.Grant, _ head: WebServerHead, _ address: String) -> WebServerResponse {
    do {
      // Whoever comes in anew leaves nothing behind that nobody uses.
      if let before = sessions.session(head) { sessions.end(before.id) }
      let (session, cookie) = try sessions.begin(isReadOnly: grant.isReadOnly)
      log?.info("signed in", ["session": session.id, "read_only": session.isReadOnly])
      return words.onward(to: address, headers: [sessions.cookie.given(cookie, to: head)])
    } catch {
      log?.error("nobody can be signed in", ["reason": error.description])
      return words.response(500, title: "Signing in failed", ["The reason stands in the host's log."])
    }
  }

  private func refuse() -> WebServerResponse {
    guard wrong.take() else {
      let wait = WebHeader("Retry-After", String(Int(WrongCodes.pause)))
      return words.response(429, title: "Too many wrong links", ["Wait some seconds; a right link works even now."], headers: [wait])
    }
    log?.warning("wrong code for signing in", ["codes": codes.count])
    return words.response(
      401, title: "This link is used up",
      ["A link is good for one time and some minutes.", "For a new one, type in a terminal: `jackfield dashboard`"])
  }
}
