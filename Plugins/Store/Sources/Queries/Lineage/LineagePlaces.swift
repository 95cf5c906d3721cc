// SPDX-License-Identifier: Apache-2.0

/// Where the runs of a lineage are drawn: as a history of commits is, the generations from left to right and each line of descent in a lane.
///
/// The oldest are placed first and nothing that has a place is moved, so one more run leaves all others where they are.
struct LineagePlaces {
  /// Of one run, counted from zero.
  struct Place: Equatable, Sendable {
    /// The longest way here from a run without parents.
    var column: Int
    var lane: Int
  }

  /// A row of the drawing. It belongs to one family, so that nobody takes runs that stand in it for relatives.
  private struct Lane {
    let family: Int
    /// By column: whether a run or the line to it is there.
    var isTaken: [Bool] = []

    func isFree(_ columns: ClosedRange<Int>) -> Bool { !isTaken.dropFirst(columns.lowerBound).prefix(columns.count).contains(true) }

    mutating func take(_ columns: ClosedRange<Int>) {
      if isTaken.count <= columns.upperBound {
        isTaken.append(contentsOf: repeatElement(false, count: columns.upperBound + 1 - isTaken.count))
      }
      for column in columns { isTaken[column] = true }
    }
  }

  /// Where the search for a child's lane last ended: all lanes before are taken, and stay so.
  private struct Searched {
    var column = Int.max
    var lane = 0
  }

  private let parents: [[Int]]
  private var places: [Place?]
  private var families: [Int]
  private var searched: [Searched]
  private var lanes: [Lane] = []

  /// Places runs.
  ///
  /// - Parameter parents: Of each run, the oldest run first: the numbers of its parents in this same array, the first one being the one whose
  ///   line it continues. What is no number of a run counts nothing, and neither does a parent that descends from its own child.
  /// - Returns: As many as there are runs.
  static func places(parents: [[Int]]) -> [Place] {
    var places = LineagePlaces(parents: parents.map { $0.filter(parents.indices.contains) })
    places.placeAll()
    return places.places.map { $0 ?? Place(column: 0, lane: 0) }
  }

  private init(parents: [[Int]]) {
    self.parents = parents
    places = Array(repeating: nil, count: parents.count)
    families = Array(parents.indices)
    searched = Array(repeating: Searched(), count: parents.count)
  }

  /// The older before the younger, but no run before its parents.
  private mutating func placeAll() {
    var waiting: [Int] = []
    var isWaiting = Array(repeating: false, count: parents.count)
    for run in parents.indices {
      waiting.append(run)
      while let next = waiting.last {
        isWaiting[next] = true
        // One that waits already is met again in a circle, which is cut here.
        if let parent = parents[next].first(where: { places[$0] == nil && !isWaiting[$0] }) {
          waiting.append(parent)
        } else {
          waiting.removeLast()
          isWaiting[next] = false
          if places[next] == nil { place(next) }
        }
      }
    }
  }

  private mutating func place(_ run: Int) {
    let placed = parents[run].filter { places[$0] != nil }
    guard let first = placed.first, let parent = places[first] else { return placeRoot(run) }
    let column = placed.reduce(0) { max($0, (places[$1]?.column ?? 0) + 1) }
    let columns = parent.column + 1...column
    families[run] = families[first]
    let lane = lane(for: columns, from: first, at: parent.lane)
    lanes[lane].take(columns)
    places[run] = Place(column: column, lane: lane)
  }

  private mutating func placeRoot(_ run: Int) {
    lanes.append(Lane(family: run))
    lanes[lanes.count - 1].take(0...0)
    places[run] = Place(column: 0, lane: lanes.count - 1)
  }

  /// The parent's lane if it is free, else the next free one below it.
  private mutating func lane(for columns: ClosedRange<Int>, from parent: Int, at start: Int) -> Int {
    let known = searched[parent]
    var lane = columns.upperBound >= known.column ? known.lane : start
    while lane < lanes.count, lanes[lane].family != families[parent] || !lanes[lane].isFree(columns) { lane += 1 }
    if lane == lanes.count { lanes.append(Lane(family: families[parent])) }
    searched[parent] = Searched(column: columns.upperBound, lane: lane)
    return lane
  }
}
