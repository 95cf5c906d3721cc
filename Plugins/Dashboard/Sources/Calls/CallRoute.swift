// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import WebSockets

/// `POST api/call/NAME`: runs a command for a page. With `?stream=1` the answer is lines, as they come.
struct CallRoute: PageRoute {
  /// Open at a time, of one session.
  static let openLimit = 64

  private let link: ControlLink
  private let executor: (any TaskExecutor)?
  private let places: OpenPlaces

  /// - Parameter executor: For the tasks that hand on what streams; nil: the system's.
  init(link: ControlLink, executor: (any TaskExecutor)? = nil, openLimit: Int = CallRoute.openLimit) {
    self.link = link
    self.executor = executor
    places = OpenPlaces(limit: openLimit)
  }

  func answer(_ request: PageRequest, with responder: WebResponder) {
    do throws(ControlFault) {
      let order = try order(request)
      guard request.session.isReadOnly else { return run(order, responder) }
      runIfReading(order, responder)
    } catch {
      responder.send(PageAnswer.fault(error))
    }
  }

  /// What is to be done, checked.
  private struct Order: Sendable {
    let name: String
    let input: [UInt8]
    let timeoutMs: Int?
    let streams: Bool
    let place: OpenPlaces.Place

    var parameters: [UInt8] { CallInput.call(name, input, timeoutMs: timeoutMs, streams: streams) }
  }

  private func order(_ request: PageRequest) throws(ControlFault) -> Order {
    guard request.path.count == 1, let name = request.path.first, !name.isEmpty, name.utf8.count <= 200 else {
      throw ControlFault("not_found", "this is no command: ask for 'api/call/NAMESPACE.VERB'")
    }
    let head = request.whole.head
    var timeoutMs: Int?
    if let text = head.queryValue("timeoutMs") {
      guard let number = Int(text), (1...Int(Int32.max)).contains(number) else {
        throw ControlFault("invalid", "cannot call '\(name)': timeoutMs is '\(text.prefix(40))'; give milliseconds from 1 to 2147483647")
      }
      timeoutMs = number
    }
    let input = try CallInput.object(request.whole.body)
    guard let place = places.take(request.session) else {
      throw ControlFault(
        "busy", "cannot call '\(name)': \(places.limit) calls of this browser are open; try again when some are done", retryable: true)
    }
    let streams = head.queryValue("stream").map { $0 != "0" && $0 != "false" } ?? false
    return Order(name: name, input: input, timeoutMs: timeoutMs, streams: streams, place: place)
  }

  /// Asks what the command says of itself, each time: a plugin may have been replaced since.
  private func runIfReading(_ order: Order, _ responder: WebResponder) {
    let parameters: JSONValue = ["prefix": .string(order.name)]
    link.ask("command/list", parameters.bytes()) { answer in
      switch answer {
      case .failure(let fault): responder.send(PageAnswer.fault(fault))
      case .success(let piece):
        let rows = piece.members()["commands"]?.value?.arrayValue ?? []
        // One that is not there is for the host to say.
        let row = rows.first { $0["name"]?.stringValue == order.name }
        guard let row, !ReadingRule.allows(order.name, isIdempotent: row["idempotent"]?.boolValue == true) else {
          return run(order, responder)
        }
        responder.send(PageAnswer.fault(Self.readOnlyFault("'\(order.name)' cannot be called")))
      }
    }
  }

  static func readOnlyFault(_ what: String) -> ControlFault {
    ControlFault("denied", "\(what) here: this browser came in by a link for looking only; 'jackfield dashboard' gives one for everything")
  }

  private func run(_ order: Order, _ responder: WebResponder) {
    if order.streams { CallStream.run(order.parameters, order.place, link, responder, executor) } else { runWhole(order, responder) }
  }

  private func runWhole(_ order: Order, _ responder: WebResponder) {
    let call = link.ask("command/call", order.parameters) { [place = order.place] answer in
      _ = place
      switch answer {
      case .failure(let fault): responder.send(PageAnswer.fault(fault))
      case .success(let piece): responder.send(PageAnswer.result(piece.members()["result"]))
      }
    }
    responder.whenGone { [link] in link.cancel(call) }
  }
}

extension PageAnswer {
  static func fault(_ fault: ControlFault) -> WebServerResponse { json(["error": fault.value], fault.httpStatus) }

  /// `{"result": …}` with a text of JSON as it came.
  static func result(_ result: JSONPiece?) -> WebServerResponse {
    WebServerResponse(200, headers: [WebHeader("Content-Type", "application/json")], body: line("result", result))
  }

  /// An object with one member.
  static func line(_ name: String, _ piece: JSONPiece?) -> [UInt8] {
    var text = Array("{\"\(name)\":".utf8)
    if let piece { text += piece.bytes[piece.range] } else { text += Array("null".utf8) }
    text.append(UInt8(ascii: "}"))
    return text
  }
}
