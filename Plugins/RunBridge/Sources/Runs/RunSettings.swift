// SPDX-License-Identifier: Apache-2.0

/// What can be set about runs, with the defaults of plugin.json.
struct RunSettings: Decodable, Sendable {
  /// So many runs live at a time.
  var runs = 256
  /// A run of which no process is known is over after so long without a connection.
  var unadoptedSeconds = 60.0
  /// Between the signal of `run.stop` and SIGKILL.
  var stopGraceSeconds = 10.0
  /// How long open connections are kept for the next host; 0: not at all.
  var handoverSeconds = 30
  /// Told to scripts as the trainer's port; nil: that of the plugin Trainer, if there is one.
  var trainerPort: Int?

  /// How long whoever begun a process has to tell how it ended.
  var endingSeconds = 2.0
  /// So many runs that are over are remembered.
  var remembered = 100

  init() {}

  private enum Key: String, CodingKey { case runs, unadoptedSeconds, stopGraceSeconds, handoverSeconds, trainerPort }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    runs = try container.decodeIfPresent(Int.self, forKey: .runs) ?? runs
    unadoptedSeconds = try container.decodeIfPresent(Double.self, forKey: .unadoptedSeconds) ?? unadoptedSeconds
    stopGraceSeconds = try container.decodeIfPresent(Double.self, forKey: .stopGraceSeconds) ?? stopGraceSeconds
    handoverSeconds = try container.decodeIfPresent(Int.self, forKey: .handoverSeconds) ?? handoverSeconds
    trainerPort = try container.decodeIfPresent(Int.self, forKey: .trainerPort)
  }
}
