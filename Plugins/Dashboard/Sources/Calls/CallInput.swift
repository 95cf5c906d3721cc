// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The body of a request, made fit to stand inside one of ours.
enum CallInput {
  /// An object of JSON in one line; an empty body is an empty one.
  ///
  /// It is read whole: what is not JSON could end our own object and begin another.
  static func object(_ body: [UInt8]) throws(ControlFault) -> [UInt8] {
    if body.isEmpty { return Array("{}".utf8) }
    do throws(JSONError) {
      guard try JSONParser().parse(body).kind == .object else { throw JSONError(message: "not an object") }
    } catch {
      throw ControlFault("invalid", "cannot read the request's body: \(error.message); send an object of JSON")
    }
    guard body.contains(where: { $0 == 10 || $0 == 13 }) else { return body }
    // Inside of strings there are none, so they are blanks.
    return body.map { $0 == 10 || $0 == 13 ? 32 : $0 }
  }

  /// The parameters of `command/call`.
  static func call(_ name: String, _ input: [UInt8], timeoutMs: Int?, streams: Bool) -> [UInt8] {
    var text = Array(#"{"name":"#.utf8) + JSONValue.string(name).bytes() + Array(#","input":"#.utf8) + input
    if let timeoutMs { text += Array(#","timeoutMs":\#(timeoutMs)"#.utf8) }
    if streams { text += Array(#","stream":true,"credit":0"#.utf8) }
    text.append(UInt8(ascii: "}"))
    return text
  }
}
