// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import WebSockets

/// `POST api/events/topics`: says what a page wants to hear, all of it each time. Answered when all of it is heard.
struct TopicRoute: PageRoute {
  /// In bytes; what a page wants to hear is short.
  private static let limit = 256 << 10

  let hub: EventHub

  func answer(_ request: PageRequest, with responder: WebResponder) {
    do throws(ControlFault) {
      guard request.whole.body.count <= Self.limit else { throw ControlFault("too_large", "these are too many topics") }
      let body = try read(request.whole.body)
      guard let page = body["page"]?.stringValue, EventRoute.isPage(page) else { throw EventRoute.pageFault }
      let wishes = try EventWish.read(body["topics"])
      hub.change(EventHub.Page(session: request.session.id, id: page), to: wishes, order: body["order"]?.doubleValue) { fault in
        responder.send(fault.map { PageAnswer.fault($0) } ?? PageAnswer.json([:]))
      }
    } catch {
      responder.send(PageAnswer.fault(error))
    }
  }

  private func read(_ body: [UInt8]) throws(ControlFault) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: body) } catch {
      throw ControlFault("invalid", "cannot read which topics are wanted: \(error.message)")
    }
  }
}
