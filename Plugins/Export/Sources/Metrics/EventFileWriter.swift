// SPDX-License-Identifier: Apache-2.0

/// Writes a directory for each run, with one event file in it, as TensorBoard wants it. The values of a run come together.
final class EventFileWriter: MetricWriter {
  private let directory: String
  private let host: String
  private let now: Double
  private var names: Set<String> = []
  private var run: String?
  private var file: OutputFile?
  private var place = ""
  private var waiting: [UInt8] = []

  /// - Parameter now: Stands in for the time of steps that have none.
  init(directory: String, host: String, now: Double) throws {
    self.directory = directory
    self.host = host
    self.now = now
    try FileSystem.makeDirectory(directory)
  }

  func write(_ point: MetricPoint) throws {
    if point.run != run { try begin(point) }
    waiting += EventRecord.scalar(point.metric, point.value, step: point.step, wallTime: point.time ?? now)
    if waiting.count >= Work.chunk { try flush() }
  }

  func finish() throws {
    try end()
    try FileSystem.synchronizeDirectory(directory)
  }

  private func begin(_ point: MetricPoint) throws {
    try end()
    run = point.run
    place = "\(directory)/\(freeName(point.run))"
    try FileSystem.makeDirectory(place)
    let time = point.time ?? now
    let seconds = time.isFinite && time > 0 && time < 1e12 ? Int64(time) : 0
    file = try OutputFile("\(place)/events.out.tfevents.\(seconds).\(host).jackfield")
    waiting = EventRecord.version(wallTime: time)
  }

  /// Two runs may have names that only differ in what a file name cannot hold.
  private func freeName(_ run: String) -> String {
    let slug = BundlePath.slug(run)
    var name = slug
    var number = 1
    while !names.insert(BundlePath.folded(name)).inserted {
      number += 1
      name = "\(slug)-\(number)"
    }
    return name
  }

  private func end() throws {
    guard let file else { return }
    try flush()
    try file.synchronize()
    try FileSystem.synchronizeDirectory(place)
    self.file = nil
  }

  private func flush() throws {
    try file?.write(waiting)
    waiting.removeAll(keepingCapacity: true)
  }
}
