// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// Tells requests that our page made from those that another page made somebody's browser make.
struct RequestMarks {
  private let head: WebServerHead

  init(_ head: WebServerHead) { self.head = head }

  /// Where the browser says the request comes from; nil: it does not say.
  private var site: String? { head["sec-fetch-site"] }

  /// Whether the browser is about to show the answer as a page of its own.
  private var isNavigation: Bool { head["sec-fetch-mode"] == "navigate" }

  /// A link on another site's page was followed: browsers keep our cookie back.
  var isLinkFromElsewhere: Bool { isNavigation && (site == "cross-site" || site == "same-site") }

  /// Fetched in advance, perhaps by nobody's will: must have no effect.
  var isPrefetch: Bool { head["sec-purpose"]?.contains("prefetch") ?? (head["purpose"] == "prefetch") }

  /// Whether a page of another origin has it fetched, without being left for it.
  var isForeign: Bool { !isNavigation && (site ?? "same-origin") != "same-origin" && site != "none" }

  /// Why a POST cannot be our page's; nil: it is. What is asked for here no form can send, and no script without a question that we do not answer.
  var fault: String? {
    if let site, site != "same-origin", site != "none" { return "the request comes from another page" }
    guard head["x-jackfield"] == "1" else { return "the request has no 'X-Jackfield: 1'" }
    let type = (head["content-type"] ?? "").prefix { $0 != ";" && $0 != " " }
    guard type.lowercased() == "application/json" else { return "the request's Content-Type is not application/json" }
    return nil
  }
}
