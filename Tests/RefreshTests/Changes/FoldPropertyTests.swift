import Core
import TestSupport
import Testing

/// Silver and its history are a function of the events: neither their order nor the cut into runs,
/// neither what comes late nor what comes twice makes a difference.
@Suite struct FoldPropertyTests {
  private static func shape(using random: inout SeededRandom) -> ChangeLake.Shape {
    let tracked: [[String]?] = [nil, ["value"], ["part"], ["part", "value"]]
    return ChangeLake.Shape(
      scd: Int.random(in: 1...2, using: &random),
      partitions: Int.random(in: 0..<4, using: &random) == 0 ? "part" : nil,
      tracked: tracked.randomElement(using: &random) ?? nil,
      format: ChangeLake.Format.allCases.randomElement(using: &random) ?? .lines,
      isNumbered: Bool.random(using: &random))
  }

  /// Events of few keys and sequences, so that ties, late ones and repeats are many.
  private static func events(
    _ shape: ChangeLake.Shape, using random: inout SeededRandom
  ) -> [Change] {
    let deletes = Bool.random(using: &random) ? 0.2 : 0
    let hasTies = Bool.random(using: &random)
    let isLoose = Int.random(in: 0..<3, using: &random) == 0
    var events: [Change] = []
    for number in 0..<Int.random(in: 1...24, using: &random) {
      if let old = events.randomElement(using: &random), Int.random(in: 0..<5, using: &random) == 0
      {
        events.append(old)
        continue
      }
      func value(_ prefix: String) -> String? {
        let number = Int.random(in: 0..<4, using: &random)
        return number == 3 ? nil : "\(prefix)\(number)"
      }
      events.append(
        Change(
          id: "k\(Int.random(in: 0..<2, using: &random))", part: value("p"),
          seq: hasTies ? Int.random(in: 0..<8, using: &random) : number, value: value("v"),
          isDelete: Double.random(in: 0..<1, using: &random) < deletes,
          number: shape.isNumbered && !(isLoose && Bool.random(using: &random)) ? number : nil))
      if shape.format == .parquet, Bool.random(using: &random) {
        events[events.count - 1].absent =
          [["part"], ["value"], ["part", "value"]]
          .randomElement(using: &random) ?? []
      }
    }
    return events
  }

  /// Files of events; one of Parquet lacks columns for all of its rows.
  private static func cut(
    _ events: [Change], using random: inout SeededRandom
  ) -> [[[Change]]] {
    var pulls: [[[Change]]] = []
    var files: [[Change]] = []
    for event in events {
      if let last = files.last, last[0].absent == event.absent,
        Int.random(in: 0..<3, using: &random) > 0
      {
        files[files.count - 1].append(event)
        continue
      }
      if !files.isEmpty, Bool.random(using: &random) {
        pulls.append(files)
        files = []
      }
      files.append([event])
    }
    return pulls + [files]
  }

  @Test(arguments: 1...24 as ClosedRange<UInt64>)
  func `any order and any cut leave what a full refresh leaves`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let shape = Self.shape(using: &random)
    let events = Self.events(shape, using: &random)
    var conflicts: Set<[String]> = []
    for order in 0..<2 {
      let lake = try ChangeLake(shape)
      var plain = PlainFold(shape)
      let words = "seed \(seed), order \(order), \(shape)"
      for pull in Self.cut(events.shuffled(using: &random), using: &random) {
        try lake.add(pull)
        try lake.refresh()
        plain.take(pull.flatMap { $0 })
        #expect(try lake.rows() == plain.texts, "\(words)")
      }
      if shape.scd == 2 { #expect(try lake.conflicts().count == plain.lostCount, "\(words)") }
      let incremental = try lake.conflicts()
      try lake.refresh(isFull: true)
      #expect(try lake.rows() == plain.texts, "\(words), made anew")
      if shape.scd == 2 {
        #expect(try lake.conflicts().count == plain.lostCount, "\(words), made anew")
        conflicts.insert(incremental)
      }
      try lake.refresh()
      #expect(try lake.rows() == plain.texts, "\(words), with nothing new")
    }
    if shape.format == .lines { #expect(conflicts.count <= 1, "seed \(seed)") }
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases, [1, 2])
  func `a run that dies forgets nothing that a later one needs`(
    mode: FaultyFileSystem.Mode, scd: Int
  ) throws {
    var random = SeededRandom(11)
    let shape = ChangeLake.Shape(scd: scd, tracked: ["value"], format: .silentNulls)
    let pulls = (0..<3).map { _ in Self.events(shape, using: &random) }
    func prepared() throws -> ChangeLake {
      let lake = try ChangeLake(shape)
      try lake.add([pulls[0]])
      try lake.refresh()
      try lake.add([pulls[1]])
      return lake
    }
    var whole = PlainFold(shape)
    for pull in pulls { whole.take(pull) }
    var counted = try prepared()
    let counting = FaultyFileSystem()
    counted.fileSystem = counting
    try counted.refresh()
    FaultyFileSystem.tellSteps(of: counting.stepCount, mode, in: "a fold of SCD \(scd)")
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 5) {
      var lake = try prepared()
      lake.fileSystem = FaultyFileSystem(faultAt: step, mode)
      _ = try? lake.refresh()
      lake.fileSystem = LocalFileSystem()
      try lake.refresh()
      try lake.add([pulls[2]])
      try lake.refresh()
      #expect(try lake.rows() == whole.texts, "step \(step)")
      if scd == 2 { #expect(try lake.conflicts().count == whole.lostCount, "step \(step)") }
    }
  }
}
