// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension RunEnding {
  /// As the content of the event "ended", and in answers.
  var content: JSONValue {
    var members: [String: JSONValue] = ["status": .string(status.rawValue), "timings": timings.value]
    if let executionCount { members["execution_count"] = .integer(Int64(executionCount)) }
    if let reason { members["reason"] = .string(reason) }
    return .object(members)
  }
}

extension RunTimings {
  /// As JSON: Unix times in seconds, what did not happen left out.
  var value: JSONValue {
    let times: [(String, Double?)] = [
      ("queued", queued), ("sent", sent), ("busy", busy), ("first_output", firstOutput), ("reply", reply), ("idle", idle),
    ]
    return .object(Dictionary(uniqueKeysWithValues: times.compactMap { name, time in time.map { (name, JSONValue.number($0)) } }))
  }
}
