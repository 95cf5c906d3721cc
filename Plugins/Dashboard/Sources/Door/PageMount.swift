// SPDX-License-Identifier: Apache-2.0

/// Where a route stands, how it is asked, and by whom.
struct PageMount: Sendable {
  enum Method: String, Sendable {
    /// Changes nothing; also answers HEAD.
    case get = "GET"
    /// Needs the marks against forgery.
    case post = "POST"
  }

  enum Access: Sendable {
    /// Whoever has the cookie.
    case session
    /// Whoever reaches the door.
    case everybody
    /// The same, and frames of the page, whose origin is nobody's: their requests say `Origin: null`.
    case frames
  }

  /// Below the base path: ["api", "call"]. The longest that fits is asked.
  let path: [String]
  let method: Method
  let access: Access
  /// How many pieces follow the path at least; with fewer it is a place of the page.
  let depth: Int
  let route: any PageRoute

  init(_ path: String, _ method: Method, _ access: Access = .session, depth: Int = 0, _ route: any PageRoute) {
    self.path = path.split(separator: "/").map(String.init)
    self.method = method
    self.access = access
    self.depth = depth
    self.route = route
  }

  func fits(_ path: [String]) -> Bool { path.count >= self.path.count + depth && path.starts(with: self.path) }
}
