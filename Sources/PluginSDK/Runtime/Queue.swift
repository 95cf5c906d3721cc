// SPDX-License-Identifier: Apache-2.0

/// First in, first out; both ends in constant time on the average.
package struct Queue<Element> {
  private var elements: [Element?] = []
  private var head = 0

  package init() {}

  package var count: Int { elements.count - head }
  package var isEmpty: Bool { count == 0 }

  package mutating func append(_ element: Element) { elements.append(element) }

  package mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    defer {
      head += 1
      if head == elements.count {
        elements.removeAll(keepingCapacity: elements.count <= 1024)
        head = 0
      } else if head >= 1024, head * 2 >= elements.count {
        elements.removeFirst(head)
        head = 0
      }
    }
    let element = elements[head]
    elements[head] = nil
    return element
  }
}

extension Queue: Sendable where Element: Sendable {}
