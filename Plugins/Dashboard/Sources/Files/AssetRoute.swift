// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// `GET assets/<hash>/<file>`: never changes under its name, so browsers keep it for ever.
struct AssetRoute: PageRoute {
  let files: WebFiles

  func answer(_ request: PageRequest, with responder: WebResponder) { responder.send(response(request.path)) }

  private func response(_ path: [String]) -> WebServerResponse {
    guard path.count > 1, path[0] == files.hash, let file = files[path.dropFirst().joined(separator: "/")] else {
      return WebServerResponse(404, text: "there is no such file; load the page again\n")
    }
    return WebServerResponse(
      200, headers: [WebHeader("Content-Type", file.type), WebHeader("Cache-Control", "public, max-age=31536000, immutable")],
      body: file.body)
  }
}
