// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Makes outputs of the messages of kernels, whatever is in them.
struct EventReader {
  private let parser = JSONParser()

  /// What an event means for a result.
  enum Meaning {
    case text(name: String)
    case output(OutputRecord)
    case update(displayID: String, OutputRecord)
    case clear(wait: Bool)
    case count(Int)
    case started
    case nothing
  }

  /// Reads an event. The text of a stream is lent to `print`.
  func read(_ event: RunEvent, in run: String, print: (String, Span<UInt8>) -> Void) -> Meaning {
    switch event.type {
    case "started": return .started
    case "stream", "display_data", "update_display_data", "execute_result", "error", "clear_output", "execute_input", "truncated": break
    default: return .nothing
    }
    let content: JSONElement
    do {
      content = try parser.parse(event.content)
    } catch {
      return isOutput(event.type) ? .output(record(.unreadable, event, run)) : .nothing
    }
    guard content.kind == .object else { return isOutput(event.type) ? .output(record(.unreadable, event, run)) : .nothing }
    return read(event, content, run, print)
  }

  private func read(_ event: RunEvent, _ content: JSONElement, _ run: String, _ print: (String, Span<UInt8>) -> Void) -> Meaning {
    switch event.type {
    case "stream":
      let name = content["name"]?.string == "stderr" ? "stderr" : "stdout"
      guard content["text"]?.withText({ print(name, $0) }) != nil else { return .output(record(.unreadable, event, run)) }
      return .text(name: name)
    case "display_data", "execute_result":
      return .output(bundle(event.type == "display_data" ? .displayData : .executeResult, event, content, run))
    case "update_display_data":
      guard let id = content["transient"]?["display_id"]?.string else { return .nothing }
      return .update(displayID: id, bundle(.displayData, event, content, run))
    case "error": return .output(record(.error, event, run))
    case "truncated": return .output(record(.truncated, event, run))
    case "clear_output": return .clear(wait: content["wait"]?.bool ?? false)
    default: return content["execution_count"]?.int.map { .count(Int($0)) } ?? .nothing
    }
  }

  private func isOutput(_ type: String) -> Bool { ["stream", "display_data", "execute_result", "error"].contains(type) }

  private func record(_ kind: OutputRecord.Kind, _ event: RunEvent, _ run: String) -> OutputRecord {
    OutputRecord(
      run: run, position: 0, kind: kind, body: event.content, bytes: event.content.count + event.buffers.reduce(0) { $0 + $1.count },
      time: event.time, buffers: event.buffers)
  }

  private func bundle(_ kind: OutputRecord.Kind, _ event: RunEvent, _ content: JSONElement, _ run: String) -> OutputRecord {
    guard let data = content["data"], data.kind == .object else { return record(.unreadable, event, run) }
    var record = record(kind, event, run)
    data.forEachMember { type, _ in record.mimeTypes.append(type) }
    record.displayID = content["transient"]?["display_id"]?.string
    record.executionCount = content["execution_count"]?.int.map { Int($0) }
    return record
  }
}
