package import Core

/// Where the lines that are taken into a bronze dataset came from.
package struct LineOrigin {
  /// The input's name in messages.
  package let name: String
  /// How many lines of the input came before the first.
  private let linesBefore: Int
  private let bytesBefore: Int
  /// For each line; empty where they are numbered as they come.
  private let places: [LinePlace]
  /// Whether lines came with the time at which they were received.
  package let tellsReceived: Bool

  /// Lines of a file or pipe, of which `linesBefore` lines, or `bytesBefore` bytes, came earlier.
  package init(_ name: String, linesBefore: Int = 0, bytesBefore: Int = 0) {
    self.name = name
    self.linesBefore = linesBefore
    self.bytesBefore = bytesBefore
    places = []
    tellsReceived = false
  }

  /// Lines that came from `places`, one from each.
  package init(_ name: String, places: [LinePlace]) {
    self.name = name
    linesBefore = 0
    bytesBefore = 0
    self.places = places
    tellsReceived = places.contains { $0.received != nil }
  }

  /// Where the line with `index` others and `offset` bytes before it came from.
  package func place(ofLine index: Int, offset: Int? = nil) -> LinePlace {
    guard places.isEmpty else { return places[index] }
    return LinePlace(
      source: name, line: linesBefore + index + 1, offset: offset.map { bytesBefore + $0 })
  }
}

/// Where one line came from: a file or pipe and the line's number in it, from 1, or a partition
/// of a topic and an offset.
package struct LinePlace {
  var source: String
  package var line: Int
  /// How many bytes of the file or pipe, unpacked, come before the line; nil where the line is
  /// not a part of one, or not as it lay there.
  var offset: Int?
  /// When it was received, if it came with that.
  package var received: Timestamp?

  package init(
    source: String, line: Int, offset: Int? = nil, received: Timestamp? = nil
  ) {
    self.source = source
    self.line = line
    self.offset = offset
    self.received = received
  }
}
