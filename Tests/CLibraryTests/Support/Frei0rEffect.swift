// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON

/// One effect of frei0r, used as a caller would: described, opened, given a frame, closed.
struct Frei0rEffect {
  static let directory = "/usr/lib/frei0r-1"

  let host: CLibraryHarness
  let name: String

  static func host() async throws -> CLibraryHarness { try await CLibraryHarness(directory, exampleManifest("frei0r")) }

  static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".so") }.map { String($0.dropLast(3)) }.sorted()
  }

  /// A frame of a few colours, as base64.
  static func frame(width: Int = 64, height: Int = 64) -> String {
    var bytes: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        bytes += [UInt8(truncatingIfNeeded: 4 * x), UInt8(truncatingIfNeeded: 4 * y), UInt8(truncatingIfNeeded: x ^ y), 255]
      }
    }
    return Data(bytes).base64EncodedString()
  }

  func ask(_ verb: String, _ input: [String: JSONValue] = [:]) async throws -> JSONValue {
    try await host.ask("frei0r.\(verb)", .object(input.merging(["effect": .string(name)]) { $1 }))
  }

  func info() async throws -> JSONValue { try await ask("info")["info"] ?? .null }

  func open(width: Int = 64, height: Int = 64) async throws -> JSONValue {
    try await ask("open", ["width": .integer(Int64(width)), "height": .integer(Int64(height))])["instance"] ?? .null
  }

  /// Renders one frame through a new instance, as the kind of the effect has it, and ends the instance.
  func renderOneFrame() async throws -> [UInt8] {
    let isMixer = try await info()["plugin_type"]?.intValue ?? 0 >= 2
    let instance = try await open()
    let frame = JSONValue.string(Self.frame())
    let input: [String: JSONValue] = isMixer ? ["frame1": frame, "frame2": frame, "frame3": frame] : ["frame": frame]
    let answer = try await ask(isMixer ? "mix" : "render", input.merging(["instance": instance, "time": 0.04]) { $1 })
    _ = try await ask("close", ["instance": instance])
    return answer["rendered"]?.stringValue.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) } ?? []
  }
}
