// SPDX-License-Identifier: Apache-2.0

/// How long a trainer may take for a command before whoever asked is told that it did not answer.
enum CommandLimits {
  static let standard = Duration.seconds(15)

  /// How long ranks may keep each other waiting before they are taken to have missed each other: longer than batches last.
  static let rankMissed = Duration.seconds(6)

  static func limit(of command: String) -> Duration { limits[command] ?? standard }

  private static let limits: [String: Duration] = [
    "server_info": .seconds(10), "enforce_version": .seconds(10), "determinism_health": .seconds(20), "pause": .seconds(30),
    "attach_context": .seconds(30), "switch_run": .seconds(30), "set_counter_seeds": .seconds(30), "dist_health": .seconds(30),
    "numerics_health": .seconds(30), "throughput_health": .seconds(45), "activations_health": .seconds(60), "reset_session": .seconds(60),
    "clean_disk": .seconds(60), "save_ckpt": .seconds(120), "fork": .seconds(120), "merge": .seconds(120), "generate_report": .seconds(600),
    "test_now": .seconds(600), "test": .seconds(600), "export_subset": .seconds(600), "prepare_export": .seconds(600),
    "spill_all": .seconds(600),
  ]
}
