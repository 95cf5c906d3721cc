// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// What a front may answer to each kind of question.
enum FrontResult {
  /// - Throws: `PluginFailure` that tells the front what does not fit, so that it can answer again.
  static func check(_ result: JSONValue, of question: FrontQuestion) throws(PluginFailure) {
    if let reason = complaint(result, question) { throw FrontAnswer.wrong(reason) }
  }

  private static func complaint(_ result: JSONValue, _ question: FrontQuestion) -> String? {
    let isCancelled = result["cancelled"] == true
    switch question.kind {
    case .choose: return isCancelled ? nil : choice(result["chosen"], question.body)
    case .input: return isCancelled || result["value"]?.stringValue != nil ? nil : "'value' must be a text, or 'cancelled' true"
    case .form: return isCancelled ? nil : form(result["values"], question.body)
    case .chat:
      let isAnswered = result["response"]?.stringValue != nil || result["blocked_reason"]?.stringValue != nil
      return isAnswered ? nil : "'response' or 'blocked_reason' must be a text"
    case .consent:
      let isKnown = result["decision"]?.stringValue.flatMap(ConsentDecision.init(rawValue:)) != nil
      return isKnown ? nil : "'decision' must be allow, allow_run or deny"
    case .command, .open, .diff, .message, .progress: return nil
    }
  }

  private static func choice(_ chosen: JSONValue?, _ body: JSONValue) -> String? {
    let count = body["options"]?.arrayValue?.count ?? 0
    let indices = chosen?.arrayValue?.map { $0.intValue ?? -1 } ?? []
    guard chosen?.arrayValue != nil, indices.allSatisfy({ (0..<count).contains($0) }), Set(indices).count == indices.count else {
      return "'chosen' must be a list of different indices from 0 to \(count - 1), or 'cancelled' true"
    }
    if body["many"] == true || indices.count == 1 { return nil }
    return "'chosen' must hold one index, for one option is asked for"
  }

  private static func form(_ values: JSONValue?, _ body: JSONValue) -> String? {
    guard let values, values.objectValue != nil else { return "'values' must be an object, or 'cancelled' true" }
    guard let schema = try? FormSchema(body["schema"] ?? .null) else { return nil }
    return schema.complaint(values)
  }
}
