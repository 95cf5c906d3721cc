// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import WebSockets

/// The cookie that shows who is signed in: a name to find the session by, and a secret of 256 bits.
struct SessionCookie: Sendable {
  /// Cookies know no ports: hosts of one machine tell theirs apart by it.
  let name: String
  let path: String
  /// How long browsers keep it, in seconds.
  let age: Int

  /// - Parameter place: What no two hosts of one machine share, such as the path of what they keep.
  init(place: String, base: BasePath, days: Double) throws(CryptoError) {
    name = "jackfield-\(try SHA256.digest(of: Array(place.utf8)).description.prefix(8))"
    path = base.text
    age = Int(min(max(days, 0), 400) * 86_400)
  }

  struct Shown: Sendable, Hashable {
    let id: String
    let secret: String

    var text: String { "\(id).\(secret)" }
  }

  /// The first one of ours that is formed as it should be.
  func shown(_ head: WebServerHead) -> Shown? {
    for header in head.headers where header.name == "cookie" {
      for pair in header.value.split(separator: ";") {
        let pair = pair.drop { $0 == " " }
        guard pair.hasPrefix(name + "=") else { continue }
        let parts = pair.dropFirst(name.count + 1).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (1...128).contains(parts[1].utf8.count) else { continue }
        return Shown(id: String(parts[0]), secret: String(parts[1]))
      }
    }
    return nil
  }

  /// Gives it to the browser, or gives it more time.
  func given(_ shown: Shown, to head: WebServerHead) -> WebHeader { header(shown.text, age: age, head) }

  /// Takes it away from the browser.
  func taken(from head: WebServerHead) -> WebHeader { header("", age: 0, head) }

  private func header(_ value: String, age: Int, _ head: WebServerHead) -> WebHeader {
    let secure = head.isEncrypted ? "; Secure" : ""
    return WebHeader("Set-Cookie", "\(name)=\(value); Path=\(path); Max-Age=\(age); HttpOnly; SameSite=Strict\(secure)")
  }
}

extension WebServerHead {
  /// Whether the proxy in front says that the browser came by https.
  var isEncrypted: Bool { self["x-forwarded-proto"]?.lowercased() == "https" }
}
