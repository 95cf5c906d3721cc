// SPDX-License-Identifier: Apache-2.0

extension Caller {
  /// Stands for the run of a request that belongs to none.
  static let noRun = ""

  /// A caller of `bridge.request` that names no run.
  static func direct(workspace: String?) -> Caller {
    Caller(run: noRun, name: "a request of the control door", workspace: workspace, scopes: .ordinary, connection: nil)
  }
}
