// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// Finds who answers a request, and lets nobody through who may not ask.
///
/// The server has looked at `Host` and `Origin` before.
struct PageRouter: Sendable {
  let base: BasePath
  /// Nil on a port, where the server knows them.
  let hosts: HostNames?
  let sessions: SessionBook
  let mounts: [PageMount]
  /// What stands everywhere else: the page, and the words for those who are not signed in.
  let page: IndexPage

  /// On the server's thread.
  func answer(_ request: WebServerRequest, _ responder: WebResponder) {
    let head = request.head
    if let hosts, !hosts.contains(head["host"] ?? "") {
      return responder.send(WebServerResponse(403, text: "this host is not served here\n"))
    }
    guard head["origin"] != "null" || isForFrames(head) else {
      return responder.send(WebServerResponse(403, text: "pages of this origin may not ask\n"))
    }
    guard let segments = head.segments else {
      return responder.send(WebServerResponse(400, text: "the path is not formed as it should be\n"))
    }
    switch base.place(of: segments) {
    case .elsewhere: responder.send(WebServerResponse(404, text: "there is nothing here; the page is at \(base.text)\n"))
    case .itself: responder.send(WebServerResponse(308, headers: [WebHeader("Location", base.text)]))
    case .below(let path): route(path, request, responder)
    }
  }

  private func route(_ path: [String], _ request: WebServerRequest, _ responder: WebResponder) {
    let head = request.head
    guard let mount = mount(of: path) else { return answerPage(path, request, responder) }
    guard isAllowed(head.method, mount.method) else { return responder.send(Self.wrongMethod(mount.method)) }
    if mount.method == .post, let fault = RequestMarks(head).fault {
      return responder.send(PageAnswer.problem(403, "denied", "cannot take this request: \(fault)"))
    }
    guard let session = session(mount, head) else {
      return responder.send(PageAnswer.problem(401, "signed_out", "nobody is signed in here: ask for a link with 'jackfield dashboard'"))
    }
    mount.route.answer(PageRequest(session: session, path: Array(path.dropFirst(mount.path.count)), whole: request), with: responder)
  }

  private func mount(of path: [String]) -> PageMount? {
    mounts.filter { $0.fits(path) }.max { $0.path.count < $1.path.count }
  }

  /// Whether frames of the page may ask for it, whose origin is nobody's. The server lets that origin through for them alone.
  private func isForFrames(_ head: WebServerHead) -> Bool {
    guard case .below(let path) = head.segments.map(base.place) else { return false }
    return mount(of: path)?.access == .frames
  }

  private func isAllowed(_ method: String, _ wanted: PageMount.Method) -> Bool {
    method == wanted.rawValue || (method == "HEAD" && wanted == .get)
  }

  private func session(_ mount: PageMount, _ head: WebServerHead) -> PageSession? {
    switch mount.access {
    case .everybody, .frames: .nobody
    case .session: RequestMarks(head).isForeign ? nil : sessions.session(head)
    }
  }

  private func answerPage(_ path: [String], _ request: WebServerRequest, _ responder: WebResponder) {
    guard isAllowed(request.head.method, .get) else { return responder.send(Self.wrongMethod(.get)) }
    responder.send(page.answer(request.head, sessions.session(request.head)))
  }

  private static func wrongMethod(_ wanted: PageMount.Method) -> WebServerResponse {
    let allowed = wanted == .get ? "GET, HEAD" : "POST"
    return PageAnswer.problem(405, "invalid", "this is asked for with \(allowed)", [WebHeader("Allow", allowed)])
  }
}
