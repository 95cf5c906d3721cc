// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Host
import PluginBridge

@Suite struct RunnerPingsTests {
  private let terms: RunnerTerms = {
    var terms = RunnerTerms(executable: "", reports: CrashReports("/nowhere"))
    (terms.cancelGraceMilliseconds, terms.stuckMilliseconds, terms.silentMilliseconds) = (2_000, 30_000, 10_000)
    return terms
  }()

  private let second: UInt64 = 1_000_000_000
  /// Later than the beginning of the clock, as it always is.
  private let begin: UInt64 = 1_000_000_000_000

  @Test func nothingIsAskedWhereNothingHappens() {
    var pings = RunnerPings()
    let due = pings.due(at: begin)
    #expect(due == nil && pings.nextLook(terms) == nil)
    #expect(pings.verdict(at: begin + 1_000 * second, terms) == .fine)
  }

  @Test func whatHappenedIsFollowedByTwoPings() {
    var pings = RunnerPings()
    let isFresh = [pings.noteActivity(), pings.noteActivity()]
    #expect(isFresh == [true, false])
    let first = [pings.due(at: begin), pings.due(at: begin + second)]
    #expect(first == [1, nil])
    _ = pings.answer(1)
    let second = [pings.due(at: begin + self.second), pings.due(at: begin + 9 * self.second)]
    #expect(second == [2, nil])
    _ = pings.answer(2)
    let third = pings.due(at: begin + 9 * self.second)
    #expect(third == nil)
  }

  @Test func silentProcessIsToldFromAStuckOne() {
    var pings = RunnerPings()
    _ = pings.noteActivity()
    _ = pings.due(at: begin)
    #expect(pings.verdict(at: begin + 9 * second, terms) == .fine)
    #expect(pings.verdict(at: begin + 10 * second, terms) == .silent)
    _ = pings.acknowledge(1, current: 5)
    #expect(pings.verdict(at: begin + 29 * second, terms) == .fine)
    #expect(pings.verdict(at: begin + 30 * second, terms) == .stuck)
  }

  @Test func callThatWasGivenUpWhileThePluginIsAtAnotherIsNoSignOfAHang() {
    var pings = RunnerPings()
    let number = pings.suspect(7, at: begin, graceMilliseconds: 2_000)
    #expect(number == 1 && pings.isSuspicious)
    let isOver = pings.acknowledge(1, current: 8)
    #expect(isOver && !pings.isSuspicious && pings.verdict(at: begin + 3 * second, terms) == .fine)
  }

  @Test func pluginThatStaysInACallThatWasGivenUpIsStuck() {
    var pings = RunnerPings()
    _ = pings.suspect(9, at: begin, graceMilliseconds: 2_000)
    let isOver = pings.acknowledge(1, current: 9)
    #expect(!isOver && pings.isSuspicious)
    #expect(pings.verdict(at: begin + second, terms) == .fine)
    #expect(pings.verdict(at: begin + 2 * second, terms) == .stuck)
    // It came back in time after all.
    let cameBack = pings.answer(1)
    #expect(cameBack && !pings.isSuspicious && pings.verdict(at: begin + 3 * second, terms) == .fine)
  }
}
