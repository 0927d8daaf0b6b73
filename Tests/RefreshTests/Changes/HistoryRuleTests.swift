import Core
import Ingest
import LakeJobs
import LakeSupport
import TestSupport
import Testing

/// The rules of slowly changing dimensions, by their numbers, as far as they hold of events that
/// AUTO CDC folds into a history. Those that hold of a dimension's versions are
/// `DimensionRuleTests` of WarehouseTests; rule 13 is a warehouse's alone, rule 5 and 32 too.
///
/// Rules of extraction stand with it: what a TRUNCATE comes to (21) in `ExtractionTests`, how many
/// rows may vanish and that an empty extract deletes nothing (29, 30) in `DatabaseTests`
/// (`CompareExtraction`, `DeleteLimit`).
@Suite struct HistoryRuleTests {
  /// What the key `k` is from a sequence on.
  private func at(
    _ seq: Int, _ value: String?, part: String? = "p", id: String = "k", lacking: Set<String> = []
  ) -> Change {
    Change(id: id, part: part, seq: seq, value: value, absent: lacking)
  }

  private func gone(_ seq: Int, id: String = "k") -> Change {
    Change(id: id, part: nil, seq: seq, value: nil, isDelete: true)
  }

  /// The history after these pulls, as `id part value start end`; the same whatever the cut.
  private func history(
    _ pulls: [[Change]], _ format: ChangeLake.Format = .lines, conflicts: Int = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String] {
    var found: [[String]] = []
    for pulls in format == .parquet ? [pulls] : [pulls, [pulls.flatMap(\.self)], pulls.reversed()] {
      let lake = try ChangeLake(.init(scd: 2, tracked: ["value"], format: format))
      for pull in pulls {
        try lake.add([pull])
        try lake.refresh()
      }
      found.append(try words(lake))
      #expect(try lake.conflicts().count == conflicts, sourceLocation: sourceLocation)
      try lake.refresh(isFull: true)
      found.append(try words(lake))
    }
    #expect(Set(found).count == 1, "\(found)", sourceLocation: sourceLocation)
    return found[0]
  }

  private func words(_ lake: ChangeLake) throws -> [String] {
    try lake.rows().map { row in
      var words = row.replacing(/(?:string|integer)\("?(.*?)"?\)/) {
        $0.output.1.isEmpty ? "''" : $0.output.1
      }.split(separator: " ")
      words.remove(at: 2)
      return words.joined(separator: " ")
    }.sorted()
  }

  @Test func `rule 01: a new key begins at its sequence and is open`() throws {
    #expect(try history([[at(3, "a")]]) == ["k p a 3 null"])
  }

  @Test func `rule 02: a change of a tracked column closes the version and opens one`() throws {
    #expect(try history([[at(1, "a")], [at(5, "b")]]) == ["k p a 1 5", "k p b 5 null"])
  }

  @Test func `rule 03: what changes nothing tracked makes no version`() throws {
    #expect(try history([[at(1, "a")], [at(5, "a")]]) == ["k p a 1 null"])
  }

  @Test func `rule 04: a type 1 column changes in the current version only`() throws {
    #expect(
      try history([[at(1, "a")], [at(5, "b")], [at(7, "b", part: "q")]])
        == ["k p a 1 5", "k q b 5 null"])
  }

  @Test func `rule 06: NULL equals NULL, and an empty text differs from it`() throws {
    #expect(try history([[at(1, nil)], [at(5, nil)]]) == ["k p null 1 null"])
    #expect(try history([[at(1, nil)], [at(5, "")]]) == ["k p '' 5 null", "k p null 1 5"])
  }

  @Test func `rule 07: the same event twice is one`() throws {
    #expect(
      try history([[at(1, "a"), at(5, "b"), at(1, "a")], [at(5, "b")]])
        == ["k p a 1 5", "k p b 5 null"])
  }

  @Test func `rule 08: of two that differ at one sequence one stands, the other is told`() throws {
    #expect(try history([[at(1, "a")], [at(1, "b")]], conflicts: 1) == ["k p b 1 null"])
    #expect(
      try history([[at(1, "a")], [at(5, "b")], [gone(5)]], conflicts: 1) == ["k p a 1 5"])
  }

  @Test func `rule 09: a late event splits the version that held`() throws {
    #expect(
      try history([[at(1, "a")], [at(9, "b")], [at(5, "c")]])
        == ["k p a 1 5", "k p b 9 null", "k p c 5 9"])
  }

  @Test func `rule 10: a late event equal to the version before it is absorbed`() throws {
    #expect(
      try history([[at(1, "a")], [at(9, "b")], [at(5, "a")]]) == ["k p a 1 9", "k p b 9 null"])
  }

  @Test func `rule 11: a late event equal to the version after it moves that one's start`() throws {
    #expect(
      try history([[at(1, "a")], [at(9, "b")], [at(5, "b")]]) == ["k p a 1 5", "k p b 5 null"])
  }

  @Test func `rule 12: a late event before the first version becomes the first`() throws {
    #expect(try history([[at(9, "b")], [at(5, "a")]]) == ["k p a 5 9", "k p b 9 null"])
  }

  @Test func `rule 14: a delete closes the version, and nothing follows`() throws {
    #expect(try history([[at(1, "a")], [gone(5)]]) == ["k p a 1 5"])
  }

  @Test func `rule 15: a delete that carries only the key makes nothing NULL`() throws {
    #expect(
      try history([[at(1, "a")], [gone(5)], [at(9, "a", part: "q")]])
        == ["k p a 1 5", "k q a 9 null"])
  }

  @Test func `rule 16: a delete that is repeated is ignored`() throws {
    #expect(try history([[at(1, "a")], [gone(5)], [gone(7)], [gone(5)]]) == ["k p a 1 5"])
  }

  @Test func `rule 17: a delete of an unknown key is remembered`() throws {
    #expect(try history([[gone(5)]]) == [])
    #expect(try history([[gone(5)], [at(3, "a")]]) == ["k p a 3 5"])
  }

  @Test func `rule 18: a late delete closes the version that was open then`() throws {
    #expect(
      try history([[at(1, "a")], [at(9, "a")], [gone(5)]]) == ["k p a 1 5", "k p a 9 null"])
  }

  @Test func `rule 19: a late event older than a delete is closed history`() throws {
    #expect(
      try history([[at(1, "a")], [gone(9)], [at(5, "b")]]) == ["k p a 1 5", "k p b 5 9"])
  }

  @Test func `rule 20: what comes again after a delete is a new version, also with equal values`()
    throws
  {
    #expect(
      try history([[at(1, "a")], [gone(5)], [at(9, "a")]]) == ["k p a 1 5", "k p a 9 null"])
  }

  @Test func `rule 21: what a truncate takes away is deleted key by key`() throws {
    #expect(
      try history([[at(1, "a"), at(2, "b", id: "l")], [gone(5), gone(5, id: "l")]])
        == ["k p a 1 5", "l p b 2 5"])
  }

  @Test func `rule 22: a key that changes is one that goes and one that comes`() throws {
    #expect(
      try history([[at(1, "a")], [gone(5), at(5, "a", id: "l")]])
        == ["k p a 1 5", "l p a 5 null"])
  }

  @Test func `rule 26: the first value of a column that came fills the version in place`() throws {
    #expect(
      try history(
        [[at(1, nil, lacking: ["value"])], [at(5, "a")], [at(9, "b")]], .parquet)
        == ["k p a 1 9", "k p b 9 null"])
  }

  @Test func `rule 27: what an event does not give is carried forward`() throws {
    #expect(
      try history(
        [[at(1, "a")], [at(5, nil, part: "q", lacking: ["value"])]], .parquet)
        == ["k q a 1 null"])
    #expect(
      try history([[at(1, "a")], [at(5, "b", part: nil)]], .silentNulls)
        == ["k p a 1 5", "k p b 5 null"])
  }

  @Test func `rule 28: a column that the source gives no longer keeps its last value`() throws {
    #expect(
      try history(
        [
          [at(1, "a")], [at(5, nil, part: "q", lacking: ["value"])],
          [at(9, nil, part: "r", lacking: ["value"])],
        ], .parquet) == ["k r a 1 null"])
  }

  // MARK: Sequences

  /// A lake whose events are dated.
  private func dated(_ properties: String = "", sequence: String = "at") throws -> TestLake {
    let lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.people (id STRING, city STRING, at STRING) USING json LOCATION 'people';
        """)
    try write(to: lake, properties, sequence: sequence)
    return lake
  }

  private func write(
    to lake: TestLake, _ properties: String = "", sequence: String = "at"
  ) throws {
    try lake.write(
      "silver/people.sql",
      """
      CREATE TEMPORARY VIEW typed AS
      SELECT id, city, try_cast(at AS TIMESTAMP) AS at FROM STREAM(bronze.people);
      CREATE STREAMING TABLE silver.people\(properties);
      CREATE FLOW people_flow AS AUTO CDC INTO silver.people FROM STREAM(typed)
      KEYS (id) SEQUENCE BY \(sequence) COLUMNS * EXCEPT (at) STORED AS SCD TYPE 2;
      """)
  }

  private func take(_ name: String, _ lines: [String], into lake: TestLake) throws {
    let path = try lake.folder.write(name, lines: lines)
    _ = try lake.eventIngest(into: "people", requiring: []).take([.file(path)])
    try lake.refresh()
  }

  private func rules(_ lake: TestLake) throws -> [String] {
    try lake.rows("SELECT rule FROM quarantine.people")
  }

  @Test func `rule 23: an event without a key or a sequence is set aside`() throws {
    let lake = try dated()
    try take(
      "a.ndjson",
      [
        #"{"id":null,"city":"Bonn","at":"2026-01-01T00:00:00Z"}"#,
        #"{"id":"k","city":"Bonn","at":"soon"}"#,
        #"{"id":"l","city":"Bonn","at":"2026-01-01T00:00:00Z"}"#,
      ], into: lake)
    #expect(try lake.rows("SELECT id FROM silver.people") == ["l"])
    #expect(try rules(lake) == ["__seq_present", "id_present"])
  }

  @Test func `rule 24: an event of the future is set aside, unless it may be one`() throws {
    let line = #"{"id":"k","city":"Bonn","at":"2999-01-01T00:00:00Z"}"#
    let lake = try dated()
    try take("a.ndjson", [line], into: lake)
    #expect(try lake.rows("SELECT id FROM silver.people") == [])
    #expect(try rules(lake) == ["__sequence_not_in_future"])
    let open = try dated(" TBLPROPERTIES ('sequence.allow_future' = 'true')")
    try take("a.ndjson", [line], into: open)
    #expect(try open.rows("SELECT id FROM silver.people") == ["k"])
  }

  @Test func `rule 25: a sequence of another type is refused, and the way out is told`() throws {
    let lake = try dated()
    let line = #"{"id":"k","city":"Bonn","at":"2026-01-01T00:00:00Z"}"#
    try take("a.ndjson", [line], into: lake)
    try write(to: lake, sequence: "CAST(at AS STRING)")
    let fault = #expect(throws: Fault.self) { try lake.refresh() }
    #expect(fault?.kind == .configuration, "\(fault?.problem ?? "")")
    #expect(fault?.remedy.contains("--full-refresh") == true, "\(fault?.remedy ?? "")")
    #expect(try lake.rows("SELECT id FROM silver.people") == ["k"])
  }
}
