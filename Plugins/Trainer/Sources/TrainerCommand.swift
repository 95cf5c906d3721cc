// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What is known of the commands trainers understand.
enum TrainerCommand {
  /// Commands that destroy: a person must repeat the name.
  static let dangerous: Set<String> = ["clean_disk", "enforce_version"]

  /// How long a reply is waited for. A trainer answers between batches only, and some commands take long.
  static func usualTimeoutMs(_ command: String) -> Int {
    switch command {
    case "ping", "server_info", "enforce_version": 10_000
    case "determinism_health": 20_000
    case "pause", "attach_context", "switch_run", "set_counter_seeds", "dist_health", "numerics_health": 30_000
    case "throughput_health": 45_000
    case "activations_health", "reset_session", "clean_disk": 60_000
    case "save_ckpt", "load_ckpt", "fork", "merge": 120_000
    case "generate_report", "test", "test_now", "export_subset", "prepare_export", "spill_all": 600_000
    default: 15_000
    }
  }

  /// A request as it goes over the wire: one line of pure ASCII, because a trainer decodes each piece it reads on its own.
  static func line(id: String?, _ command: String, _ payload: JSONValue) -> [UInt8] {
    var request: [String: JSONValue] = ["cmd": .string(command), "payload": payload]
    if let id { request["id"] = .string(id) }
    return ascii(JSONValue.object(request).serialized()) + [0x0a]
  }

  /// Writes everything beyond ASCII as escapes; in JSON it stands in strings only.
  private static func ascii(_ text: String) -> [UInt8] {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.utf8) }
    var bytes: [UInt8] = []
    for unit in text.utf16 {
      if unit < 0x80 {
        bytes.append(UInt8(unit))
      } else {
        let digits = String(unit, radix: 16)
        bytes += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      }
    }
    return bytes
  }
}
