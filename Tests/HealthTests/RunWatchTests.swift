// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Health

/// Each watch on curves made by hand: what must be raised, and what must not.
@Suite struct RunWatchTests {
  /// Feeds a run and gives what its watches said.
  private func watch(
    _ steps: Int, settings: WatchSettings = WatchSettings(), adopting: (AlertKind, [String: Double])? = nil,
    _ values: (Int) -> StepValues
  ) -> [WatchNews] {
    var run = RunWatch(settings)
    if let adopting { run.adopt(adopting.0, adopting.1) }
    return (1...steps).flatMap { run.step(values($0)) }
  }

  private func losses(_ steps: Int, settings: WatchSettings = WatchSettings(), _ loss: (Int) -> Double) -> [WatchNews] {
    watch(steps, settings: settings) { step in
      let value = loss(step)
      return StepValues(step: step, loss: value.isFinite ? .value(value) : .null)
    }
  }

  private func kinds(_ news: [WatchNews]) -> [String] {
    news.map { news in
      if case .began = news.change { "\(news.kind)" } else { "\(news.kind) ended" }
    }
  }

  // MARK: - Nothing is wrong

  private var withoutPlateau: WatchSettings {
    var settings = WatchSettings()
    settings.plateau.on = false
    return settings
  }

  @Test(arguments: 1...20)
  func aNoisyLossThatFalls(_ seed: Int) {
    var noise = Noise(UInt64(seed))
    let news = losses(20_000, settings: withoutPlateau) { step in (0.2 + 2 * exp(-Double(step) / 1_000)) * (1 + 0.6 * noise.next()) }
    #expect(news == [])
  }

  @Test(arguments: 1...20)
  func aNoisyLossThatIsFlat(_ seed: Int) {
    var noise = Noise(UInt64(seed))
    #expect(losses(20_000, settings: withoutPlateau) { _ in max(0, 0.01 + 0.05 * noise.next()) } == [])
  }

  @Test func aLossAboutZero() {
    var noise = Noise()
    #expect(losses(20_000, settings: withoutPlateau) { step in 1e-4 * noise.next() + exp(-Double(step) / 100) } == [])
    #expect(losses(5_000, settings: withoutPlateau) { _ in 0 } == [])
  }

  @Test func aNegativeLoss() {
    var noise = Noise()
    #expect(losses(10_000, settings: withoutPlateau) { step in -100 * (1 - exp(-Double(step) / 2_000)) + 5 * noise.next() } == [])
  }

  @Test func theFirstStepsAreWild() {
    var noise = Noise()
    let news = losses(3_000, settings: withoutPlateau) { step in
      step < 30 ? 50 + 49 * noise.next() : 2 + exp(-Double(step) / 500) + 0.3 * noise.next()
    }
    #expect(news == [])
  }

  @Test func aWarmUpThatRisesFirst() {
    #expect(losses(3_000, settings: withoutPlateau) { step in step < 60 ? 2 + Double(step) / 30 : 4 * exp(-Double(step - 60) / 500) } == [])
  }

  @Test func bumpsOfALearningRateThatIsRaisedAgain() {
    let news = losses(12_000, settings: withoutPlateau) { step in
      let decay = 0.05 + 2.3 * exp(-Double(step) / 800)
      let sinceRestart = Double(step % 3_000)
      return decay + (step > 3_000 ? 0.4 * exp(-sinceRestart / 200) : 0)
    }
    #expect(news == [])
  }

  @Test func singleSpikesAreNoDivergence() {
    #expect(losses(5_000, settings: withoutPlateau) { step in step % 100 == 0 ? 1e6 : 1 + exp(-Double(step) / 300) } == [])
  }

  @Test func numbersThatAreMissingSayNothing() {
    #expect(watch(5_000) { StepValues(step: $0) } == [])
    #expect(watch(5_000) { StepValues(step: $0, gradientNorm: .null, throughput: .null) } == [])
  }

  @Test func everythingSwitchedOffSaysNothing() {
    var settings = WatchSettings()
    (settings.notFinite.on, settings.diverging.on, settings.plateau.on) = (false, false, false)
    (settings.throughput.on, settings.gradient.on) = (false, false)
    let news = watch(5_000, settings: settings) { step in
      StepValues(
        step: step, loss: step % 2 == 0 ? .null : .value(Double(step * step)), gradientNorm: .value(step < 2_000 ? 1 : 1e9),
        throughput: .value(step < 2_000 ? 100 : 1))
    }
    #expect(news == [])
  }

  // MARK: - Not finite

  @Test func aLossThatIsNoNumberIsToldOnce() {
    let news = losses(100) { (50...60).contains($0) ? .nan : 1 }
    #expect(kinds(news) == ["lossNotFinite", "lossNotFinite ended"])
    #expect(news.map(\.step) == [50, 80])
    #expect(
      news[0].change
        == .began(
          sentence: "The loss is not finite since step 50; the weights may be lost: stop the run, or go back to a checkpoint.", numbers: [:]
        ))
    #expect(news[1].change == .ended(sentence: "The loss was finite again for 20 steps."))
  }

  @Test func aLossThatComesAndGoesIsOneEpisode() {
    #expect(kinds(losses(1_000) { $0 % 10 == 0 ? .nan : 1 }) == ["lossNotFinite"])
  }

  // MARK: - Diverging

  @Test func aLossThatRisesIsToldOnceAndWhenItIsBack() {
    var noise = Noise()
    let news = losses(6_000, settings: withoutPlateau) { step in
      let fine = 0.5 + exp(-Double(step) / 300)
      return ((2_000...3_000).contains(step) ? fine + Double(step - 2_000) / 100 : fine) * (1 + 0.1 * noise.next())
    }
    #expect(kinds(news) == ["diverging", "diverging ended"])
    #expect((2_050...2_400).contains(news[0].step ?? 0))
    guard case .began(let sentence, let numbers) = news[0].change else { return }
    #expect(sentence.hasPrefix("The loss is rising: its average is "))
    #expect(sentence.hasSuffix(" at its best."))
    #expect(abs((numbers["best"] ?? 0) - 0.5) < 0.1)
  }

  @Test func aLossThatRisesFromTheBeginning() {
    #expect(kinds(losses(1_000) { exp(Double($0) / 100) }) == ["diverging"])
  }

  @Test func aNegativeLossThatRises() {
    #expect(kinds(losses(3_000, settings: withoutPlateau) { $0 < 1_500 ? -10 : Double($0 - 1_500) }) == ["diverging"])
  }

  @Test func anEpisodeOfAnEarlierLifeIsNotToldAgainButItsEndIs() {
    let numbers = ["best": 1.0, "margin": 1.0]
    let high = watch(1_000, settings: withoutPlateau, adopting: (.diverging, numbers)) { StepValues(step: $0, loss: .value(9)) }
    #expect(high == [])
    let back = watch(1_000, settings: withoutPlateau, adopting: (.diverging, numbers)) { StepValues(step: $0, loss: .value(1.1)) }
    #expect(kinds(back) == ["diverging ended"])
    #expect(back[0].change == .ended(sentence: "The loss is back near its best: its average is 1.1."))
  }

  // MARK: - Plateau

  @Test func aLossThatNoLongerFalls() {
    let news = losses(9_000) { step in
      switch step {
      case ..<1_000: 2 - Double(step) / 1_000
      case ..<5_000: 1
      default: exp(-Double(step - 5_000) / 2_000)
      }
    }
    #expect(kinds(news) == ["plateau", "plateau ended"])
    #expect((2_900...3_600).contains(news[0].step ?? 0))
    guard case .began(let sentence, _) = news[0].change else { return }
    #expect(sentence.hasPrefix("The loss has not fallen by 1 % for 2000 steps; its best average is 1"))
  }

  @Test func aLossThatFallsSlowlyIsNoPlateau() {
    #expect(losses(20_000) { exp(-Double($0) / 20_000) } == [])
  }

  // MARK: - Throughput

  private func rates(_ steps: Int, _ rate: (Int) -> Double) -> [WatchNews] {
    watch(steps) { StepValues(step: $0, throughput: .value(rate($0))) }
  }

  @Test func aTrainingThatSlowsDown() {
    var noise = Noise()
    let news = rates(3_000) { step in ((1_000...2_000).contains(step) ? 300 : 1_000) * (1 + 0.2 * noise.next()) }
    #expect(kinds(news) == ["throughputDrop", "throughputDrop ended"])
    #expect((1_050...1_150).contains(news[0].step ?? 0))
    guard case .began(let sentence, _) = news[0].change else { return }
    #expect(sentence.hasPrefix("The training has slowed down: "))
    #expect(sentence.contains(" were usual."))
  }

  @Test(arguments: 1...10)
  func aRateThatJumpsAboutIsFine(_ seed: Int) {
    var noise = Noise(UInt64(seed))
    #expect(rates(10_000) { step in step < 20 ? 3 : 1_000 * (1 + 0.7 * noise.next()) } == [])
    #expect(rates(10_000) { step in step % 50 == 0 ? 10 : 1_000 } == [])
  }

  // MARK: - Gradients

  private func norms(_ steps: Int, _ norm: (Int) -> Double) -> [WatchNews] {
    watch(steps) { StepValues(step: $0, gradientNorm: .value(norm($0))) }
  }

  @Test func gradientsThatExplode() {
    let news = norms(3_000) { (1_000...1_500).contains($0) ? 100 : 0.5 }
    #expect(kinds(news) == ["gradientExplosion", "gradientExplosion ended"])
    guard case .began(let sentence, let numbers) = news[0].change else { return }
    #expect(sentence.hasPrefix("The gradients have grown large: their norm is "))
    #expect(sentence.contains(" at step 10") && sentence.hasSuffix(" was usual."))
    #expect(abs((numbers["usual"] ?? 0) - 0.5) < 0.1)
  }

  @Test func gradientsThatVanish() {
    #expect(kinds(norms(3_000) { $0 > 1_000 ? 1e-6 : 1 }) == ["gradientVanishing"])
    #expect(kinds(norms(3_000) { $0 > 1_000 ? 0 : 1 }) == ["gradientVanishing"])
    #expect(kinds(norms(500) { _ in 0 }) == ["gradientVanishing"])
  }

  @Test(arguments: 1...10)
  func gradientsThatJumpAboutOrFallWithTheLossAreFine(_ seed: Int) {
    var noise = Noise(UInt64(seed))
    #expect(norms(20_000) { step in exp(-Double(step) / 2_000) * exp(1.5 * noise.next()) } == [])
    #expect(norms(5_000) { step in step < 50 ? 1_000 : step % 200 == 0 ? 500 : 1 } == [])
  }

  // MARK: - Going back

  @Test func aRunThatGoesBackBeginsAnew() {
    var run = RunWatch(withoutPlateau)
    var news: [WatchNews] = []
    for step in 1...400 { news += run.step(StepValues(step: step, loss: .value(step < 200 ? 1 : Double(step)))) }
    #expect(kinds(news) == ["diverging"])
    news = run.step(StepValues(step: 150, loss: .value(1)))
    #expect(news == [WatchNews(kind: .diverging, step: 150, change: .ended(sentence: "The run went back to step 150."))])
  }
}
