// SPDX-License-Identifier: Apache-2.0

/// What a run's process is told by its environment.
enum RunEnvironment {
  /// Each of ADDR, TOKEN and SESSION goes by these beginnings: scripts know the first or the second.
  private static let beginnings = ["EVOLVE_RUN_BRIDGE_", "RUN_BRIDGE_", "JACKFIELD_BRIDGE_"]
  /// What trainers connect to.
  private static let trainer = "ONTHEFLY_DASHBOARD_PORT"
  /// The run's id; also found by it: whoever has this variable came of that run.
  static let marker = "JACKFIELD_RUN"

  static func variables(run: String, address: String, token: String, session: String, trainerPort: Int?) -> [String: String] {
    var variables = [marker: run]
    for beginning in beginnings {
      variables[beginning + "ADDR"] = address
      variables[beginning + "TOKEN"] = token
      variables[beginning + "SESSION"] = session
    }
    if let trainerPort { variables[trainer] = "\(trainerPort)" }
    return variables
  }
}
