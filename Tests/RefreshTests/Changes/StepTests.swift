import Core
import LakeJobs
import LakeSupport
import TestSupport
import Testing

/// Changes of one transaction bear one sequence and numbers: they are steps to one event.
@Suite struct StepTests {
  private static func change(
    _ number: Int?, at seq: Int, _ value: String?, part: String? = "p", isDelete: Bool = false,
    lacking absent: Set<String> = []
  ) -> Change {
    Change(
      id: "k", part: part, seq: seq, value: value, isDelete: isDelete, absent: absent,
      number: number)
  }

  private static func gone(_ number: Int, at seq: Int) -> Change {
    change(number, at: seq, nil, isDelete: true)
  }

  /// Takes in `pulls`; tells the rows.
  private static func rows(
    _ pulls: [[[Change]]], scd: Int, _ format: ChangeLake.Format = .lines, conflicts: Int = 0
  ) throws -> [String] {
    let lake = try ChangeLake(.init(scd: scd, format: format, isNumbered: true))
    for pull in pulls {
      try lake.add(pull)
      try lake.refresh()
    }
    let rows = try words(lake)
    #expect(try lake.conflicts().count == conflicts)
    try lake.refresh(isFull: true)
    #expect(try words(lake) == rows, "made anew")
    #expect(try lake.conflicts().count == conflicts, "made anew")
    return rows
  }

  /// The rows as plain words.
  private static func words(_ lake: ChangeLake) throws -> [String] {
    try lake.rows().map { row in
      row.replacing(/(?:string|integer)\("?(.*?)"?\)/) { $0.output.1 }
    }
  }

  @Test(arguments: [1, 2], [1, 2, 3])
  func `the last step stands, wherever the transaction is cut`(scd: Int, cut: Int) throws {
    let steps = [
      Self.change(2, at: 5, "b"), Self.change(3, at: 5, "z"), Self.change(4, at: 5, "a"),
    ]
    let pulls = [
      [[Self.change(1, at: 1, "v")]], [Array(steps[..<cut])], [Array(steps[cut...])],
    ].filter { $0 != [[]] }
    let open = ["k p 5 a"]
    let rows = try Self.rows(pulls, scd: scd)
    #expect(rows == (scd == 1 ? open : ["k p 1 v 1 5", "k p 5 a 5 null"]))
  }

  @Test func `a row that comes and goes in one transaction leaves nothing`() throws {
    let first = [[Self.change(1, at: 1, "v"), Self.gone(2, at: 1)]]
    for scd in 1...2 { #expect(try Self.rows([first], scd: scd) == []) }
  }

  @Test func `a row that goes and comes in one transaction stands`() throws {
    let pulls = [
      [[Self.change(1, at: 1, "v")]], [[Self.gone(2, at: 5), Self.change(3, at: 5, "w")]],
    ]
    #expect(try Self.rows(pulls, scd: 1) == ["k p 5 w"])
    #expect(try Self.rows(pulls, scd: 2) == ["k p 1 v 1 5", "k p 5 w 5 null"])
  }

  @Test(arguments: [1, 2])
  func `a row that goes to another key and comes back stands as it came, with what followed`(
    scd: Int
  ) throws {
    let pulls = [
      [[Self.change(1, at: 1, "v")]],
      [
        [Self.change(2, at: 5, "w")], [Self.gone(3, at: 5)], [Self.change(4, at: 5, "x")],
        [Self.change(5, at: 5, nil, part: "q", lacking: ["value"])],
      ],
    ]
    let rows = try Self.rows(pulls, scd: scd, .parquet)
    #expect(rows == (scd == 1 ? ["k q 5 x"] : ["k p 1 v 1 5", "k q 5 x 5 null"]))
  }

  @Test func `what the last step does not give is what those before it gave`() throws {
    let pulls = [
      [[Self.change(1, at: 1, "v")]],
      [
        [Self.change(2, at: 5, "w")],
        [Self.change(3, at: 5, nil, part: "q", lacking: ["value"])],
      ],
    ]
    #expect(try Self.rows(pulls, scd: 1, .parquet) == ["k q 5 w"])
    #expect(try Self.rows(pulls, scd: 2, .parquet) == ["k p 1 v 1 5", "k q 5 w 5 null"])
  }

  @Test func `what no step gave is what stood before, but not before a delete`() throws {
    let last = Self.change(4, at: 5, nil, part: "r", lacking: ["value"])
    let carried = [
      [[Self.change(1, at: 1, "v")]],
      [[Self.change(3, at: 5, nil, part: "q", lacking: ["value"]), last]],
    ]
    #expect(try Self.rows(carried, scd: 1, .parquet) == ["k r 5 v"])
    let born = [[[Self.change(1, at: 1, "v")]], [[Self.gone(2, at: 5)], [last]]]
    #expect(try Self.rows(born, scd: 1, .parquet) == ["k r 5 null"])
    #expect(try Self.rows(born, scd: 2, .parquet) == ["k p 1 v 1 5", "k r 5 null 5 null"])
  }

  @Test(arguments: [1, 2])
  func `steps need no look at what bronze held before`(scd: Int) throws {
    let lake = try ChangeLake(.init(scd: scd, isNumbered: true))
    try lake.add([[Self.change(1, at: 1, "v")]])
    try lake.refresh()
    try LocalFileSystem().remove(
      "\(try lake.lake.contract("changes").folder)/changes-0.ndjson")
    try lake.add([[Self.change(2, at: 5, "b"), Self.change(3, at: 5, "a")]])
    try lake.refresh()
    #expect(try Self.words(lake).last == (scd == 1 ? "k p 5 a" : "k p 5 a 5 null"))
  }

  @Test(arguments: [1, 2])
  func `two that differ under one number, or without, are a conflict`(scd: Int) throws {
    let (low, high) = (Self.change(1, at: 1, "a"), Self.change(1, at: 1, "b"))
    let same = [[[low, high]]]
    #expect(try Self.rows(same, scd: scd, conflicts: 1).map { $0.prefix(7) } == ["k p 1 b"])
    let overtaken = [[[low, high, Self.change(2, at: 1, "A")]]]
    #expect(try Self.rows(overtaken, scd: scd, conflicts: 1).map { $0.prefix(7) } == ["k p 1 A"])
    let loose = [[[Self.change(nil, at: 1, "z")]], [[low, Self.change(2, at: 1, "b")]]]
    #expect(try Self.rows(loose, scd: scd, conflicts: 1).map { $0.prefix(7) } == ["k p 1 b"])
  }
}
