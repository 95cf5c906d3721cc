// SPDX-License-Identifier: Apache-2.0
import Glibc
import PluginTestKit
import Testing

@testable import jackfield_check

/// What is changed here is changed for the whole process of the tests, and put back.
@Suite(.serialized) struct ProcessStateTests {
  private func rules(_ change: () -> Void) -> [String] {
    let before = ProcessState()
    change()
    return ProcessState().findings(since: before, by: "create").map(\.rule)
  }

  @Test func nothingChangedIsNothingFound() {
    #expect(rules {} == [])
  }

  @Test func changedUmaskIsFound() {
    let old = umask(0o077)
    defer { umask(old) }
    #expect(rules { _ = umask(0o007) } == ["the umask stays"])
  }

  @Test func changedSignalHandlerIsFoundByName() {
    let before = ProcessState()
    let old = signal(SIGUSR2, SIG_IGN)
    let findings = ProcessState().findings(since: before, by: "create")
    signal(SIGUSR2, old)
    #expect(findings.map(\.seen) == ["create changed what happens at SIGUSR2"])
  }

  @Test func changedSignalMaskIsFound() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGFPE)  // one that the pool's threads, which run tests, do not block
    let found = rules { pthread_sigmask(SIG_BLOCK, &set, nil) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    #expect(found == ["the signal mask of the host's thread stays"])
  }

  @Test func changedRoundingIsFound() {
    let found = rules { fesetround(FE_UPWARD) }
    fesetround(FE_TONEAREST)
    #expect(found == ["the floating-point mode of the host's thread stays"])
  }

  @Test func happenedExceptionOfArithmeticIsNoChange() {
    var third = 0.0
    #expect(rules { third = 1 / Double(CommandLine.arguments.count + 2) } == [])
    #expect(third > 0)
  }

  @Test func changedLimitIsFound() {
    var old = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &old)
    var lower = old
    lower.rlim_cur = old.rlim_cur == 0 ? min(1, old.rlim_max) : 0
    let found = rules { setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &lower) }
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &old)
    #expect(found == (old.rlim_max == 0 ? [] : ["the process limits stay"]))
  }
}
