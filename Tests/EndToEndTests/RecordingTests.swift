// SPDX-License-Identifier: Apache-2.0
// Heavy recording, and a host that is killed in the middle of it.
import FoundationEssentials
import Glibc
import JSON
import Testing

@Suite(.serialized) struct RecordingTests {
  /// Takes steps as fast as it can, until it is told to end; says how many.
  private let steps = """
    import jackfield, math, os, sys
    with jackfield.Run(project="faults", name="heavy") as run:
        step = 0
        while not os.path.exists(sys.argv[1]):
            step += 1
            run.step(step, loss=math.sin(step), grad_norm=1.0 / step, lr=0.1)
        print(step)
    """

  @Test(arguments: ["inprocess", "process"])
  func aHostThatIsKilledAtAnyMomentLeavesItsCommitsWhole(mode: String) async throws {
    try await onOwnThread {
      let host = try LiveHost(mode: mode)
      let (end, database) = (host.home + "/end", host.home + "/data/jackfield.sqlite")
      let environment = [
        "PYTHONPATH": LiveHost.packageDirectory + "/Clients/Python/src", "ONTHEFLY_DASHBOARD_PORT": "\(host.port)",
        "XDG_STATE_HOME": host.home,
      ]
      let script = try Program(["python3", "-c", steps, end], environment: environment, in: host.home)
      var stored = 0
      for _ in 1...3 {
        // A moment that nobody chose, but one at which something new is being written.
        let moment = stored + Int.random(in: 1...2_000)
        _ = try host.until("call", "runs.show", "--run", "heavy") { ($0["steps"]?.intValue ?? 0) >= moment }
        host.killNow()
        let found = try RecordingCheck.steps(in: database)
        #expect(found >= moment)
        stored = found
        try host.restart()
      }
      try Data().write(to: URL(filePath: end))
      let outcome = script.wait()
      #expect(outcome.status == 0, "\(outcome.error)")
      let taken = Int(outcome.output.prefix { $0.isNumber })
      _ = try host.until("call", "runs.show", "--run", "heavy") { $0["steps"]?.intValue == taken }
      host.stop()
      #expect(try RecordingCheck.steps(in: database) == taken)
    }
  }
}
