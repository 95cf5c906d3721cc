// SPDX-License-Identifier: Apache-2.0
// `jackfield-check JOB STEP` takes one step of `jackfield plugins check`, in a process of its own: a plugin that crashes, hangs or exits
// takes only this process with it. What is found goes as JSON lines to descriptor 3.
import CLinux
import Glibc
import FoundationEssentials
import JSON

@main
struct Main {
  static func main() async {
    let words = CommandLine.arguments
    guard words.count == 3, let report = Report() else {
      Failure.end("this is a part of 'jackfield plugins check'; run that")
    }
    // Neither may fail on a kernel that runs Swift; without them, processes of a plugin might outlive its check.
    linux_signal_when_parent_ends(SIGKILL)
    _ = linux_adopt_orphans()
    enterHome()
    do {
      let job = try Job(path: words[1])
      await StepRun(job: job, step: try CheckStep(words[2]), report: report).run()
    } catch {
      Failure.end("\(error)")
    }
    report.done()
  }

  /// What a plugin writes to a relative path lands in its temporary home.
  private static func enterHome() {
    guard let home = ProcessInfo.processInfo.environment["HOME"] else { return }
    guard FileManager.default.changeCurrentDirectoryPath(home) else { Failure.end("cannot enter '\(home)'") }
  }
}
