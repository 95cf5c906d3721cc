// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// `GET api/events?page=ID`: what the host tells, as it happens.
struct EventRoute: PageRoute {
  let hub: EventHub

  func answer(_ request: PageRequest, with responder: WebResponder) {
    let head = request.whole.head
    guard let page = head.queryValue("page"), Self.isPage(page) else {
      return responder.send(PageAnswer.fault(Self.pageFault))
    }
    guard head.method == "GET" else {
      return responder.send(WebServerResponse(200, headers: [WebHeader("Content-Type", "text/event-stream")]))
    }
    let after = head["last-event-id"] ?? head.queryValue("after")
    hub.open(
      EventHub.Page(session: request.session.id, id: page), after: after.flatMap { $0.isEmpty ? nil : $0 },
      isReadOnly: request.session.isReadOnly, responder)
  }

  static let pageFault = ControlFault("invalid", "'page' should be a name of 1 to 64 letters, digits and hyphens that no other page has")

  static func isPage(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
