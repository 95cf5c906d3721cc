// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a line from a trainer is.
enum WireLine: Equatable {
  case event(EventHead)
  case hello(ClientHello)
  /// The answer to a request; the identifier is nil when it cannot be one of ours.
  case reply(id: String?)
  /// JSON that is neither event nor reply.
  case unknown
  case notJSON(reason: String)
}

/// Looks into lines just far enough to know what they are. For one thread.
struct WireReader {
  private let parser = JSONParser()

  func read(_ line: Span<UInt8>) -> WireLine {
    do throws(JSONError) {
      return classify(try parser.parse(line))
    } catch {
      return .notJSON(reason: error.message)
    }
  }

  private func classify(_ line: JSONElement) -> WireLine {
    if let type = line["type"]?.string { return type == "client_hello" ? .hello(hello(line)) : .event(head(line, type)) }
    guard line["ok"]?.bool != nil, let id = line["id"] else { return .unknown }
    return .reply(id: id.string)
  }

  private func head(_ line: JSONElement, _ type: String) -> EventHead {
    var head = EventHead(
      type: type, sessionID: line["session_id"]?.string, sequence: line["event_seq"]?.int, time: line["ts"]?.double,
      runID: line["run_id"]?.string)
    if type == "trainStep" { head.step = line["step"]?.int }
    if type == "session_started" {
      head.project = line["project"]?.string
      head.runName = line["run_name"]?.string
    }
    return head
  }

  private func hello(_ line: JSONElement) -> ClientHello {
    ClientHello(
      sessionID: line["session_id"]?.string, runID: line["run_id"]?.string, project: line["project"]?.string,
      runName: line["run_name"]?.string, client: line["client"]?.string, version: line["version"]?.string,
      wantsAck: line["wants_ack"]?.bool ?? false, processID: line["pid"]?.int, workingDirectory: line["cwd"]?.string,
      time: line["ts"]?.double)
  }
}
