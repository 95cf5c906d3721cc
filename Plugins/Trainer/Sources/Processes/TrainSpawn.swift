// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Processes

/// Begins the processes of `train.start`.
enum TrainSpawn {
  /// Begins a process in a session of its own, with nothing to read, its output appended to two files, and no descriptor of ours.
  static func begin(
    _ command: [String], in directory: String, environment: [String: String], output: String, errors: String
  ) throws -> Int32 {
    do throws(ProcessesError) {
      return try Spawn.begin(
        SpawnOrder(command, in: directory, environment: environment, output: .file(output), errors: .file(errors)))
    } catch {
      throw PluginFailure(
        "cannot start '\(command[0])' in '\(directory)': \(error.reason); correct the command, or give 'python' "
          + "from the root on", code: "not_started", status: .invalid)
    }
  }
}
