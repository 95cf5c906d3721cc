// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

/// Images against a terminal that answers what it can.
@Suite struct ImageTerminalTests {
  private typealias Fake = FakeKernels

  private func shown(_ answer: String) throws -> String {
    let host = try FakeHost { request in
      [Fake.event("display_data", ["data": ["image/png": .string(ImageTests.pixel), "text/plain": "<Figure>"]])] + Fake.ended(request)
    }
    let outcome = try Tool.run(["python3", "-c", Self.terminal, Tool.jackfield, host.home, answer])
    #expect(outcome.status == 0 && outcome.error == "", "\(outcome.error)")
    return outcome.output
  }

  @Test func kittyDrawsIt() throws {
    let output = try shown("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;c")
    #expect(output.contains("\u{1B}_Ga=T,f=100,q=2,m=0;\(ImageTests.pixel)\u{1B}\\"))
    #expect(!output.contains("<Figure>"))
  }

  @Test(.enabled(if: SixelTool.path != nil)) func sixelTerminalDrawsIt() throws {
    let output = try shown("\u{1B}[?63;1;2;4;6c")
    #expect(output.contains("\u{1B}P") && !output.contains("<Figure>"))
  }

  @Test(arguments: ["\u{1B}[?1;2c", "nothing to the point"]) func otherTerminalsGetAPath(answer: String) throws {
    let output = try shown(answer)
    #expect(output.contains("/1.png  <Figure>") && !output.contains("\u{1B}_Ga=T") && !output.contains("\u{1B}P"))
  }

  /// Runs it in a terminal that answers the question about images; prints all that came, and leaves no file behind.
  private static let terminal = #"""
    import os, pty, select, shutil, sys, tempfile
    program, home, answer = sys.argv[1:]
    folder = tempfile.mkdtemp()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TMPDIR"] = folder
        os.execv(program, [program, "exec", "/w/a.py", "--home", home])
    seen = b""
    answered = False
    while select.select([terminal], [], [], 30)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        seen += piece
        if not answered and seen.endswith(b"\x1b[c"):
            answered = True
            os.write(terminal, answer.encode())
    os.waitpid(pid, 0)
    shutil.rmtree(folder)
    sys.stdout.buffer.write(seen)
    """#
}
