// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import WebSockets

/// `GET api/session`: what this page may do, and what there is.
struct SessionRoute: PageRoute {
  /// What is the same for everybody.
  let facts: [String: JSONValue]
  let panels: @Sendable (PageSession) async -> JSONValue
  let executor: any TaskExecutor

  func answer(_ request: PageRequest, with responder: WebResponder) {
    Task(executorPreference: executor) {
      var told = facts
      told["read_only"] = .bool(request.session.isReadOnly)
      told["panels"] = await panels(request.session)
      responder.send(PageAnswer.json(.object(told)))
    }
  }
}

/// `POST api/session/end`: signs out.
struct SignOutRoute: PageRoute {
  let sessions: SessionBook
  let log: PluginLog?

  func answer(_ request: PageRequest, with responder: WebResponder) {
    sessions.end(request.session.id)
    log?.info("signed out", ["session": request.session.id])
    responder.send(PageAnswer.json([:], 200, [sessions.cookie.taken(from: request.whole.head)]))
  }
}

/// `POST api/session/link {"read_only"}`: a link for somebody else.
struct LinkRoute: PageRoute {
  let links: SignInLinks

  func answer(_ request: PageRequest, with responder: WebResponder) { responder.send(response(request)) }

  private func response(_ request: PageRequest) -> WebServerResponse {
    guard !request.session.isReadOnly else {
      return PageAnswer.problem(
        403, "denied", "cannot make a link: this page may only look; ask who shared it, or type 'jackfield dashboard'")
    }
    guard let input = try? JSONValue(parsing: request.whole.body), let members = input.objectValue else {
      return PageAnswer.problem(400, "invalid", "cannot make a link: the request is no JSON object")
    }
    do {
      let head = request.whole.head
      let url = try links.make(isReadOnly: members["read_only"]?.boolValue ?? true, next: "", origin: links.origin(of: head))
      return PageAnswer.json(["url": .string(url)])
    } catch {
      return PageAnswer.problem(500, "failed", "cannot make a link: \(error)")
    }
  }
}
