// SPDX-License-Identifier: Apache-2.0

/// The part of a document between two cell markers.
public struct Cell: Sendable, Hashable {
  /// What a cell is written in.
  public enum Content: String, Sendable, Hashable {
    case code
    case markdown
    case raw
  }

  /// From 0, both inclusive, with the marker.
  public var lines: ClosedRange<Int>
  /// Whether the first line is a marker; the text before the first marker has none.
  public var hasMarker: Bool
  /// What the marker says behind its sign, without `[markdown]` and the like.
  public var title: String?
  /// Code, unless the marker says otherwise.
  public var content: Content

  /// The lines below the marker; nil when there are none.
  public var body: ClosedRange<Int>? {
    guard hasMarker else { return lines }
    return lines.count > 1 ? lines.lowerBound + 1...lines.upperBound : nil
  }
}
