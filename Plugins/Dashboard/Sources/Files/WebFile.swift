// SPDX-License-Identifier: Apache-2.0

/// A file of the page.
struct WebFile: Sendable, Hashable {
  /// As in Content-Type.
  let type: String
  let body: [UInt8]

  /// By the ending of a name; nil: nothing that is served.
  static func type(of name: String) -> String? {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    return switch name[name.index(after: dot)...] {
    case "html": "text/html; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "ico": "image/x-icon"
    case "json": "application/json"
    case "webmanifest": "application/manifest+json"
    case "woff2": "font/woff2"
    case "txt": "text/plain; charset=utf-8"
    default: nil
    }
  }
}
