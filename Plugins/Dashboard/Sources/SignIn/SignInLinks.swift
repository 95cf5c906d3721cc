// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import WebSockets

/// Makes links that sign somebody in.
struct SignInLinks: Sendable {
  let base: BasePath
  let codes: SignInCodes
  /// What is configured for a proxy, with the base path; empty: nothing.
  let address: String

  /// - Parameters:
  ///   - next: Below the base path; empty: the beginning.
  ///   - origin: As "http://127.0.0.1:47622"; what is configured counts instead.
  func make(isReadOnly: Bool, next: String, origin: String) throws -> String {
    guard let next = NextPlace.checked(next) else {
      throw PluginFailure(
        "cannot make a link to '\(next)': it is no place of the page; name one without a slash before it, as 'runs'", code: "no_place",
        status: .invalid)
    }
    let code = try codes.make(SignInCodes.Grant(isReadOnly: isReadOnly))
    return place(origin: origin) + "open?code=\(code)" + (next.isEmpty ? "" : "&next=\(Self.encoded(next))")
  }

  /// Where the page is, without a code.
  func place(origin: String) -> String {
    if address.isEmpty { return origin + base.text }
    return address.hasSuffix("/") ? address : address + "/"
  }

  /// By which name the client of a request has come.
  func origin(of head: WebServerHead) -> String { "\(head.isEncrypted ? "https" : "http")://\(head["host"] ?? "localhost")" }

  private static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { result, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        result += String(UnicodeScalar(byte))
      default: result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}
