// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// `GET frames/<file>[?scripts]`: what stands in frames of the page and shows what others made. No cookie is asked for: there is
/// nothing to be seen, and a frame that is nobody's has none.
struct FrameRoute: PageRoute {
  let files: [String: WebFile]

  init(_ files: WebFiles, base: BasePath, assets: String) {
    let frames = files.files.filter { $0.key.hasPrefix("frames/") }
    self.files = frames.mapValues { $0.type.hasPrefix("text/html") ? PageTemplate.filled($0, base: base, assets: assets) : $0 }
  }

  func answer(_ request: PageRequest, with responder: WebResponder) {
    guard let file = files["frames/" + request.path.joined(separator: "/")] else {
      return responder.send(WebServerResponse(404, text: "there is no such file; load the page again\n"))
    }
    let head = request.whole.head
    let headers = SecurityHeaders.frame(host: head["host"] ?? "", runsScripts: head.queryValue("scripts") != nil)
    responder.send(WebServerResponse(200, headers: [WebHeader("Content-Type", file.type)] + headers, body: file.body))
  }
}

/// Where nothing is.
struct NothingRoute: PageRoute {
  func answer(_ request: PageRequest, with responder: WebResponder) {
    responder.send(PageAnswer.problem(404, "not_found", "there is nothing at '\(request.whole.head.path)'"))
  }
}
