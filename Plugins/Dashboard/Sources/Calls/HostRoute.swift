// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import WebSockets

/// `POST api/host/METHOD`: what the control door offers beside commands, as far as a page needs it.
struct HostRoute: PageRoute {
  static let methods: Set<String> = [
    "command/list", "plugin/list", "plugin/info", "plugin/enable", "plugin/disable", "plugin/reload", "plugin/allow", "host/status",
    "host/reload", "config/show",
  ]

  private let link: ControlLink
  private let places: OpenPlaces

  init(link: ControlLink, openLimit: Int = 16) {
    self.link = link
    places = OpenPlaces(limit: openLimit)
  }

  func answer(_ request: PageRequest, with responder: WebResponder) {
    do throws(ControlFault) {
      let method = request.path.joined(separator: "/")
      guard Self.methods.contains(method) else {
        throw ControlFault("not_found", "a page cannot ask the host for '\(method.prefix(100))'")
      }
      guard !request.session.isReadOnly || ReadingRule.hostMethods.contains(method) else {
        throw CallRoute.readOnlyFault("'\(method)' cannot be asked for")
      }
      let parameters = try CallInput.object(request.whole.body)
      guard let place = places.take(request.session) else {
        throw ControlFault("busy", "\(places.limit) questions of this browser to the host are open; try again", retryable: true)
      }
      link.ask(method, parameters) { answer in
        _ = place
        switch answer {
        case .success(let result): responder.send(PageAnswer.result(result))
        case .failure(let fault): responder.send(PageAnswer.fault(fault))
        }
      }
    } catch {
      responder.send(PageAnswer.fault(error))
    }
  }
}
