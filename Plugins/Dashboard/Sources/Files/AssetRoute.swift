// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// `GET assets/<hash>/<file>`: never changes under its name, so browsers keep it for ever.
struct AssetRoute: PageRoute {
  let files: WebFiles

  func answer(_ request: PageRequest, with responder: WebResponder) { responder.send(response(request.path)) }

  private func response(_ path: [String]) -> WebServerResponse {
    let name = path.dropFirst().joined(separator: "/")
    guard path.count > 1, path[0] == files.hash, let file = files[name] else {
      return WebServerResponse(404, text: "there is no such file; load the page again\n")
    }
    var headers = [WebHeader("Content-Type", file.type), WebHeader("Cache-Control", "public, max-age=31536000, immutable")]
    // A worker obeys the policy of its own script.
    if name == "core/hub.js" { headers.append(SecurityHeaders.hub) }
    return WebServerResponse(200, headers: headers, body: file.body)
  }
}
