// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import WebSockets

/// `GET panels/<token>/<plugin>/<panel>/<file>`: the files of panels, for frames whose origin is nobody's.
///
/// The token stands for a session, so whoever mounts this asks for no cookie.
struct PanelRoute: PageRoute {
  private let catalog: PanelCatalog
  private let executor: (any TaskExecutor)?

  init(catalog: PanelCatalog, executor: (any TaskExecutor)? = nil) {
    self.catalog = catalog
    self.executor = executor
  }

  func answer(_ request: PageRequest, with responder: WebResponder) {
    let path = request.path
    guard path.count >= 4, path.count <= 12, catalog.tokens.isKnown(path[0]) else { return responder.send(Self.nothing) }
    let host = request.whole.head["host"] ?? ""
    let place = String(request.whole.head.path.prefix { $0 != "?" })
    // Reads a file of at most 8 MiB and ends.
    Task(executorPreference: executor) {
      responder.send(await file(path, host, place))
    }
  }

  private func file(_ path: [String], _ host: String, _ place: String) async -> WebServerResponse {
    guard let panel = await catalog.panel(path[2], of: path[1]), let type = WebFile.type(of: path[path.count - 1]) else {
      return Self.nothing
    }
    switch PanelFile.read(panel.steps + path[3...], below: panel.root) {
    case .nothing: return Self.nothing
    case .tooLarge: return WebServerResponse(413, text: "a file of a panel has at most \(PanelFile.limit >> 20) MiB\n")
    case .bytes(let bytes):
      let headers = [WebHeader("Content-Type", type)] + Self.headers(host: host, below: Self.folder(of: place, path))
      return WebServerResponse(200, headers: headers, body: bytes)
    }
  }

  /// The address of the panel's own folder: as it was asked for, without the steps below it.
  private static func folder(of place: String, _ path: [String]) -> String {
    let steps = place.split(separator: "/", omittingEmptySubsequences: false)
    return steps.dropLast(path.count - 3).joined(separator: "/") + "/"
  }

  /// Its own files, nothing else: no network, no other panel's files, no way out of the frame.
  static func headers(host: String, below folder: String) -> [WebHeader] {
    // Quotes, blanks and semicolons would end a policy's source; addresses that were asked for have none, but for what a client makes up.
    let folder = folder.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && ![0x22, 0x27, 0x2c, 0x3b].contains($0) } ? folder : "/nothing/"
    let own = "http://\(host)\(folder) https://\(host)\(folder)"
    return [
      WebHeader(
        "Content-Security-Policy",
        "sandbox allow-scripts allow-forms; default-src 'none'; script-src \(own); style-src \(own) 'unsafe-inline'; img-src \(own) data: blob:; "
          + "font-src data:; media-src \(own) data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"),
      WebHeader("X-Frame-Options", "SAMEORIGIN"),
      WebHeader("Cross-Origin-Resource-Policy", "cross-origin"),
      WebHeader("X-DNS-Prefetch-Control", "off"),
      WebHeader("Cache-Control", "no-store"),
    ]
  }

  private static let nothing = WebServerResponse(404, text: "there is no such file of a panel; load the page again\n")
}
