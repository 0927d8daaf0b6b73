import Columnar
import Core
import Database
import TestSupport
import Testing

/// Change rows, applied one after the other by the texts of their keys, give the source.
@Suite struct ComparePropertyTests {
  private let workdir = Workdir()

  @Test(arguments: 1...80 as ClosedRange<UInt64>)
  func `changes applied in their order give the source, whatever its values`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let source = try SourceCopy(
      workdir, "CREATE TABLE t (id, part, x)", keys: ["id", "part"], updatedAt: nil)
    var copy: [String: String] = [:]
    try source.run(Self.lasting)
    for round in 0..<6 {
      try shuffle(source, &random)
      if Int.random(in: 0..<4, using: &random) == 0 { source.loseState() }
      if Int.random(in: 0..<4, using: &random) == 0 { source.spec.keyColumns.reverse() }
      let expected = try all(source.source.query("SELECT id, part, x FROM t"))
      let keys = expected.map(key)
      if Set(keys).count < keys.count {
        // Values that differ have one text.
        let fault = #expect(throws: Fault.self, "seed \(seed), round \(round)") {
          try source.take()
        }
        #expect(fault?.kind == .verdict)
        try source.run("DELETE FROM t; \(Self.lasting)")
        continue
      }
      try apply(try source.take(), to: &copy)
      #expect(
        copy == Dictionary(uniqueKeysWithValues: expected.map { (key($0), "\($0[2])") }),
        "seed \(seed), round \(round)")
    }
  }

  /// A row that stays, for a source without any is an accident.
  private static let lasting = "INSERT INTO t VALUES ('lasting', NULL, 0)"

  private func apply(_ files: [[Batch]], to copy: inout [String: String]) throws {
    var mayDelete = true
    for batch in files.flatMap({ $0 }) {
      for row in (0..<batch.rowCount).map({ batch.scalars(at: $0) }) {
        let isKnown = copy[key(row)] != nil
        switch row[3] {
        case .string("d"):
          #expect(mayDelete, "deletes come before all others")
          #expect(copy.removeValue(forKey: key(row)) == "\(row[2])")
        case .string("u"):
          #expect(isKnown && copy[key(row)] != "\(row[2])")
          copy[key(row)] = "\(row[2])"
          mayDelete = false
        default:
          #expect(!isKnown)
          copy[key(row)] = "\(row[2])"
          mayDelete = false
        }
      }
    }
  }

  private func shuffle(_ source: SourceCopy, _ random: inout SeededRandom) throws {
    let values: [Scalar] = [
      .null, .integer(1), .integer(-3), .integer(.max), .double(1.5), .double(-2.25), .double(1),
      .double(0), .double(-0.0), .double(-1e19), .double(-2e19), .string(""), .string("a"),
      .string("1"), .string("a\u{0}b"), .string("ab"), .string("\u{E9}"), .string("\u{FFFD}E9"),
      .binary([0]), .binary([0, 1]), .string("00"),
    ]
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let id = values.randomElement(using: &random)!
      let part = values.randomElement(using: &random)!
      let foreign = Bool.random(using: &random) ? "CAST(x'E9' AS TEXT)" : "?1"
      try source.run(
        "DELETE FROM t WHERE id IS \(foreign) AND part IS ?2 AND ?1 IS ?1", [id, part])
      if Int.random(in: 0..<4, using: &random) > 0 {
        try source.run(
          "INSERT INTO t SELECT \(foreign), ?2, ?3 WHERE ?1 IS ?1",
          [id, part, values.randomElement(using: &random)!])
      }
    }
  }

  private func key(_ row: [Scalar]) -> String { "\(row[0]), \(row[1])" }
}
