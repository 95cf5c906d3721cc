// SPDX-License-Identifier: Apache-2.0

/// Types into a program in a real terminal, in Python.
enum TypingScript {
  /// Begins `jackfield attach`; `until`, `type` and `done` are for what follows.
  static let attach = #"""
    import os, pty, re, select, signal, sys, termios
    program, home = sys.argv[1:3]
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.environ.pop("NO_COLOR", None)
        words = ["attach", "--home", home, "--workspace", "/w/a"] + sys.argv[3:]
        os.execv("/bin/sh", ["sh", "-c", 'trap : INT; read go; "$0" "$@"; echo "ended $?"; read line', program] + words)
    seen = b""
    everything = b""
    def until(pattern):
        global seen, everything
        while not re.search(pattern.encode(), seen, re.S):
            if not select.select([terminal], [], [], 60)[0]:
                os.kill(pid, signal.SIGKILL)
                sys.exit(f"never came: {pattern!r} in {seen[-2000:]!r}")
            piece = os.read(terminal, 65536)
            seen += piece
            everything += piece
        seen = seen[re.search(pattern.encode(), seen, re.S).end():]
    def type(text):
        os.write(terminal, text.encode())
    def echoes():
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
    def done():
        after = termios.tcgetattr(terminal)
        print("settings are the same" if before == after else f"settings differ: {before} {after}")
        os.write(terminal, b"\n")
        os.waitpid(pid, 0)
    before = termios.tcgetattr(terminal)
    os.write(terminal, b"go\n")
    """#

  /// Runs it.
  static func run(_ script: String, home: String, _ words: [String] = []) throws -> Tool.Outcome {
    try Tool.run(["python3", "-c", attach + "\n" + script, Tool.jackfield, home] + words)
  }

  static let ended = Tool.Outcome(status: 0, output: "settings are the same\n", error: "")
}
