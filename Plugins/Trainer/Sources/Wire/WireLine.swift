// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a line from a trainer is.
enum WireLine: Equatable {
  case event(EventHead)
  case hello(ClientHello)
  /// The answer to a request.
  case reply(ReplyHead)
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
    guard let succeeded = line["ok"]?.bool, let id = line["id"] else { return .unknown }
    return .reply(reply(id, succeeded, line["data"]))
  }

  private func reply(_ id: JSONElement, _ succeeded: Bool, _ data: JSONElement?) -> ReplyHead {
    var head = ReplyHead(id: id.string, succeeded: succeeded && data?["ok"]?.bool != false)
    head.runID = data?["new_run"]?.string ?? data?["run_id"]?.string
    head.sessionID = data?["session_id"]?.string
    head.isPaused = data?["paused"]?.bool ?? false
    return head
  }

  private func head(_ line: JSONElement, _ type: String) -> EventHead {
    var head = EventHead(
      type: type, sessionID: line["session_id"]?.string, sequence: line["event_seq"]?.int, time: line["ts"]?.double,
      runID: line["run_id"]?.string)
    switch type {
    case "trainStep": head.step = line["step"]?.int
    case "log": head.remark = LogRemark(line)
    case "session_started":
      head.project = line["project"]?.string
      head.runName = line["run_name"]?.string
    case "paused":
      head.action = line["request"]?["action"]?.string
      head.pauseReason = line["request"]?["reason"]?.string
    case "trainingFinished": head.status = line["status"]?.string
    default: break
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
