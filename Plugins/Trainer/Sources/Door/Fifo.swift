// SPDX-License-Identifier: Apache-2.0

/// A queue in one array: appended behind, taken in front, in constant time on average.
struct Fifo<Element: Sendable>: Sendable {
  private var elements: [Element?] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }

  /// The newest element, in place.
  var newest: Element? {
    get { isEmpty ? nil : elements[elements.count - 1] }
    _modify { yield &elements[elements.count - 1] }
  }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    let element = elements[head].take()
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: head <= 1024)
      head = 0
    } else if head >= 1024, head * 2 >= elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }
}
