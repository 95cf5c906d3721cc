// SPDX-License-Identifier: Apache-2.0

/// All watches of one run in one session. Its size does not depend on the length of the run.
struct RunWatch: Sendable {
  private let settings: WatchSettings
  private var curve = LossCurve()
  private var notFinite: NotFiniteWatch
  private var divergence: DivergenceWatch
  private var plateau: PlateauWatch
  private var throughput: ThroughputWatch
  private var gradient: GradientWatch
  private(set) var lastStep: Int?

  init(_ settings: WatchSettings) {
    self.settings = settings
    notFinite = NotFiniteWatch(settings.notFinite)
    divergence = DivergenceWatch(settings.diverging)
    plateau = PlateauWatch(settings.plateau)
    throughput = ThroughputWatch(settings.throughput)
    gradient = GradientWatch(settings.gradient)
  }

  /// Goes on with an episode of an earlier life.
  mutating func adopt(_ kind: AlertKind, _ numbers: [String: Double]) {
    switch kind {
    case .lossNotFinite: notFinite.adopt()
    case .diverging: divergence.adopt(numbers)
    case .plateau: plateau.adopt(numbers)
    case .throughputDrop: throughput.adopt(numbers)
    case .gradientExplosion, .gradientVanishing: gradient.adopt(kind, numbers)
    case .silent, .pluginTrouble: break
    }
  }

  mutating func step(_ values: StepValues) -> [WatchNews] {
    var news: [WatchNews] = []
    if let lastStep, values.step < lastStep { news += goneBack(to: values.step) }
    lastStep = values.step
    if settings.notFinite.on, values.loss != .missing, let told = notFinite.step(values.step, isFinite: values.loss != .null) {
      news.append(told)
    }
    if let loss = values.loss.finite { news += lossStep(values.step, loss) }
    if settings.throughput.on, let rate = values.throughput.finite, let told = throughput.step(values.step, rate) { news.append(told) }
    if settings.gradient.on, let norm = values.gradientNorm.finite { news += gradient.step(values.step, norm) }
    return news
  }

  private mutating func lossStep(_ step: Int, _ loss: Double) -> [WatchNews] {
    curve.add(loss)
    return [
      settings.diverging.on ? divergence.step(step, curve) : nil, settings.plateau.on ? plateau.step(step, curve) : nil,
    ].compactMap(\.self)
  }

  mutating func lossWasNotFinite(at step: Int) -> [WatchNews] {
    guard settings.notFinite.on, let news = notFinite.step(step, isFinite: false) else { return [] }
    return [news]
  }

  /// The run goes on from an earlier step: what was seen of the later ones says nothing any more.
  private mutating func goneBack(to step: Int) -> [WatchNews] {
    let news = end(at: step, "The run went back to step \(step).")
    curve = LossCurve()
    notFinite.reset()
    divergence.reset()
    plateau.reset()
    throughput.reset()
    gradient.reset()
    return news
  }

  /// Ends every open episode.
  mutating func end(at step: Int?, _ sentence: String) -> [WatchNews] {
    let open = AlertKind.allCases.filter(isOpen)
    guard !open.isEmpty else { return [] }
    notFinite.reset()
    divergence.reset()
    plateau.reset()
    throughput.reset()
    gradient.reset()
    return open.map { WatchNews(kind: $0, step: step ?? lastStep, change: .ended(sentence: sentence)) }
  }

  private func isOpen(_ kind: AlertKind) -> Bool {
    switch kind {
    case .lossNotFinite: notFinite.isOpen
    case .diverging: divergence.isOpen
    case .plateau: plateau.isOpen
    case .throughputDrop: throughput.isOpen
    case .gradientExplosion, .gradientVanishing: gradient.isOpen(kind)
    case .silent, .pluginTrouble: false
    }
  }
}
