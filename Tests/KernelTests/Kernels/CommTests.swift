// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(1))) struct CommTests {
  @Test func buffersGoThereAndBack() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      let code = """
        def opened(comm, message):
          comm.on_msg(lambda m: comm.send({'state': {'n': 1}}, buffers=[bytes(b)[::-1] for b in m['buffers']]))
        get_ipython().kernel.comm_manager.register_target('echo', opened)
        """
      #expect(try await bench.run(code, on: kernel).ending.status == .ok)
      try await kernel.sendComm("comm_open", ["comm_id": "c", "target_name": "echo", "data": [:]], buffers: [])
      try await kernel.sendComm("comm_msg", ["comm_id": "c", "data": [:]], buffers: [[1, 2, 3], []])
      let buffers = try await bench.recorder.first { recorder -> [[UInt8]]? in
        for case .comm(_, "comm_msg", _, let buffers) in recorder.news { return buffers }
        return nil
      }
      #expect(buffers == [[3, 2, 1], []])
    }
  }

  @Test func theStateOfOneCommIsBounded() {
    var comm = CommState(target: "x")
    for _ in 0..<1_000 { comm.merge(["value": "small"], bytes: 1 << 20) }
    #expect(comm.state == ["value": "small"])
    for number in 0..<17 { comm.merge(["member\(number)": "large"], bytes: 1 << 20) }
    #expect(comm.state.count < 17)
  }
}
