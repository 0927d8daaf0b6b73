import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// The rules of slowly changing dimensions, by their numbers, as far as they hold of versions that
/// a job gives. Those that hold of events are `HistoryRuleTests` of RefreshTests.
@Suite struct DimensionRuleTests {
  private let members: Members

  init() throws { members = try Members() }

  @Test func `rule 01: a new key begins at its sequence and is open`() throws {
    let outcome = try members.load([Members.version("k", 5, city: "Bonn", tier: "gold")])
    #expect(try members.versions() == ["k - Bonn gold - 5  current"])
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (1, 0, 0))
    #expect(outcome.tally.versions == 1)
  }

  @Test func `rule 02: a change of a tracked column closes the version and opens one`() throws {
    try members.load([Members.version("k", 5, city: "Bonn")])
    let keys = try members.keys()
    let outcome = try members.load([
      Members.version("k", 5, 9, city: "Bonn"), Members.version("k", 9, city: "Ulm"),
    ])
    #expect(try members.versions() == ["k - Bonn - - 5 9 ", "k - Ulm - - 9  current"])
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (1, 1, 0))
    #expect(try members.keys().first == keys.first)
  }

  @Test func `rule 03: what changes nothing tracked makes no version and is counted`() throws {
    try members.load([Members.version("k", 5, city: "Bonn", tier: "basic")])
    let outcome = try members.load([
      Members.version("k", 5, 9, city: "Bonn", tier: "basic"),
      Members.version("k", 9, city: "Bonn", tier: "gold"),
    ])
    #expect(try members.versions() == ["k - Bonn gold - 5  current"])
    #expect((outcome.tally.versions, outcome.tally.unchanged) == (1, 1))
  }

  @Test func `rule 04: a type 1 column changes in all versions, or in the current one`() throws {
    let versions = [
      Members.version("k", 5, 9, city: "Bonn", tier: "basic", phone: "1"),
      Members.version("k", 9, city: "Ulm", tier: "gold", phone: "2"),
    ]
    try members.load(versions)
    #expect(
      try members.versions() == ["k - Bonn gold 1 5 9 ", "k - Ulm gold 2 9  current"])
    try members.describe(["scope": "current", "scope.tier": "all"])
    #expect(try !members.load(versions).isChanged)
    try members.describe(["scope": "current"])
    try members.load(versions)
    #expect(
      try members.versions() == ["k - Bonn basic 1 5 9 ", "k - Ulm gold 2 9  current"])
  }

  @Test func `rule 05: a type 0 column keeps its first value, and a difference is told`() throws {
    let outcome = try members.load([
      Members.version("k", 1, 5, city: "Bonn"),
      Members.version("k", 5, 9, city: "Ulm", born: "1970"),
      Members.version("k", 9, city: "Kiel", born: "1971"),
    ])
    #expect(
      try members.versions() == [
        "k 1970 Bonn - - 1 5 ", "k 1970 Ulm - - 5 9 ", "k 1970 Kiel - - 9  current",
      ])
    #expect(outcome.tally.keptDifferences == 1)
    // An earlier value that comes late is the first one.
    try members.load([
      Members.version("k", 1, 5, city: "Bonn", born: "1969"),
      Members.version("k", 5, city: "Ulm", born: "1970"),
    ])
    #expect(
      try members.versions() == ["k 1969 Bonn - - 1 5 ", "k 1969 Ulm - - 5  current"])
  }

  @Test func `rule 06: values are compared as values, and NULL equals NULL`() throws {
    let schema = Schema([
      Field("id", .string), Field("word", .string), Field("ratio", .double),
      Field("price", .decimal(precision: 12, scale: 2)), Field("seen", .timestamp),
      Field("valid_from", .timestamp), Field("valid_to", .timestamp),
    ])
    let table = try WarehouseTable(
      "dim_thing", properties: ["dimension": "scd2", "key": "id"], schema: schema,
      at: members.place)
    func count(_ one: [Scalar], _ other: [Scalar]) throws -> Int {
      let load = WarehouseLoad(
        into: try SQLiteConnection(":memory:", .create), run: "r", Clock(now: at(0)), siteKey: nil)
      return try load.load(
        table,
        from: source(
          schema,
          [
            [.string("k")] + one + [.timestamp(at(1)), .timestamp(at(2))],
            [.string("k")] + other + [.timestamp(at(2)), .null],
          ]), inputs: "i"
      ).tally.versions
    }
    let nothing: [Scalar] = [.null, .null, .null, .null]
    func one(_ position: Int, _ value: Scalar) -> [Scalar] {
      var values = nothing
      values[position] = value
      return values
    }
    #expect(try count(nothing, nothing) == 1)
    #expect(try count(one(0, .string("")), nothing) == 2)
    #expect(try count(one(0, .string("\u{e9}")), one(0, .string("e\u{301}"))) == 2)
    #expect(try count(one(1, .double(-0.0)), one(1, .double(0))) == 1)
    #expect(try count(one(2, money(150)), one(2, money(150))) == 1)
    #expect(try count(one(2, money(200)), one(2, money(201))) == 2)
    let moment = Timestamp(microseconds: 1)
    #expect(try count(one(3, .timestamp(at(0))), one(3, .timestamp(moment))) == 2)
  }

  @Test func `rule 07: the same version twice is one`() throws {
    let version = Members.version("k", 5, city: "Bonn")
    let outcome = try members.load([version, version])
    #expect(try members.versions() == ["k - Bonn - - 5  current"])
    #expect(outcome.tally.repeated == 1)
  }

  @Test func `rule 08: what held at no time is never stored, two at a moment are refused`() throws {
    let outcome = try members.load([
      Members.version("k", 5, 5, city: "Ulm"), Members.version("k", 5, city: "Bonn"),
    ])
    #expect(try members.versions() == ["k - Bonn - - 5  current"])
    #expect(outcome.tally.empty == 1)
    let fault = #expect(throws: Fault.self) {
      try members.load([
        Members.version("k", 5, city: "Ulm"), Members.version("k", 5, city: "Bonn"),
      ])
    }
    #expect(fault?.kind == .verdict)
  }

  @Test func `rule 09: a late version splits the one that held`() throws {
    try members.load([
      Members.version("k", 1, 9, city: "Bonn"), Members.version("k", 9, city: "Ulm"),
    ])
    let keys = try members.keys()
    let outcome = try members.load([
      Members.version("k", 1, 5, city: "Bonn"), Members.version("k", 5, 9, city: "Kiel"),
      Members.version("k", 9, city: "Ulm"),
    ])
    #expect(
      try members.versions() == [
        "k - Bonn - - 1 5 ", "k - Kiel - - 5 9 ", "k - Ulm - - 9  current",
      ])
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (1, 1, 0))
    #expect(Set(try members.keys()).isSuperset(of: keys))
  }

  @Test func `rule 10: a late version equal to the one before it is absorbed`() throws {
    try members.load([
      Members.version("k", 1, 9, city: "Bonn"), Members.version("k", 9, city: "Ulm"),
    ])
    let outcome = try members.load([
      Members.version("k", 1, 5, city: "Bonn"), Members.version("k", 5, 9, city: "Bonn"),
      Members.version("k", 9, city: "Ulm"),
    ])
    #expect(!outcome.isChanged)
    #expect(outcome.tally.unchanged == 1)
  }

  @Test func `rule 11: a late version equal to the one after it moves that one's start`() throws {
    try members.load([
      Members.version("k", 1, 9, city: "Bonn"), Members.version("k", 9, city: "Ulm"),
    ])
    let key = try members.text("SELECT member_key FROM dim_member WHERE city = 'Ulm'")
    let outcome = try members.load([
      Members.version("k", 1, 5, city: "Bonn"), Members.version("k", 5, 9, city: "Ulm"),
      Members.version("k", 9, city: "Ulm"),
    ])
    #expect(try members.versions() == ["k - Bonn - - 1 5 ", "k - Ulm - - 5  current"])
    #expect((outcome.inserted, outcome.updated, outcome.deleted) == (0, 2, 0))
    #expect(try members.text("SELECT member_key FROM dim_member WHERE city = 'Ulm'") == key)
    #expect(
      try members.text("SELECT count(*) FROM _keys WHERE surrogate = \(key[0])") == ["2"])
  }

  @Test func `rule 12: a late version before the first one becomes the first`() throws {
    try members.load([Members.version("k", 9, city: "Ulm")])
    let outcome = try members.load([
      Members.version("k", 5, 9, city: "Bonn"), Members.version("k", 9, city: "Ulm"),
    ])
    #expect(try members.versions() == ["k - Bonn - - 5 9 ", "k - Ulm - - 9  current"])
    #expect((outcome.inserted, outcome.updated) == (1, 0))
  }

  @Test func `rule 13: facts of the intervals that moved are keyed anew, and no others`() throws {
    let star = try Star()
    try star.loadSmallDimensions()
    try star.load(star.customers(track: "city"), [customer("k", "Bonn", "x", 0, nil)])
    try star.load(
      star.sales(), (1...9).map { sale($0, day: $0, customer: "k", sku: "a", cents: 1) })
    let split = [
      customer("k", "Bonn", "x", 0, 3), customer("k", "Ulm", "x", 3, 5),
      customer("k", "Bonn", "x", 5, nil),
    ]
    #expect(try star.load(star.customers(track: "city"), split).rekeyed == 7)
    #expect(
      try star.text(
        "SELECT city, min(line), max(line) FROM fact_sales JOIN dim_customer USING (customer_key) "
          + "GROUP BY valid_from ORDER BY 2") == ["Bonn|1|2", "Ulm|3|4", "Bonn|5|9"])
  }

  @Test func `rule 14: a delete leaves a described version, or nothing`() throws {
    let versions = [
      Members.version("k", 1, 5, city: "Bonn", tier: "gold", phone: "1", born: "1970")
    ]
    try members.load(versions)
    #expect(
      try members.versions() == [
        "k 1970 Bonn gold 1 1 5 ", "k 1970 Bonn gold 1 5  current deleted",
      ])
    let closing = try Members(["delete_style": "close"])
    try closing.load(
      versions + [Members.version("l", 1, 5, city: "Ulm"), Members.version("l", 8, city: "Ulm")])
    #expect(
      try closing.versions() == [
        "k 1970 Bonn gold 1 1 5 ", "l - Ulm - - 1 5 ", "l - Ulm - - 8  current",
      ])
    // A dimension that is described anew follows.
    try closing.describe([:])
    try closing.load(versions)
    #expect(try closing.versions().filter { $0.hasPrefix("k") } == members.versions())
  }

  @Test func `rule 15: a delete carries all attributes on`() throws {
    try members.load([
      Members.version("k", 1, 3, city: "Bonn", tier: "a", phone: "1"),
      Members.version("k", 3, 5, city: "Ulm", tier: "b", phone: "2"),
    ])
    #expect(try members.versions().last == "k - Ulm b 2 5  current deleted")
  }

  @Test func `rule 16: a delete that is repeated makes no second row`() throws {
    let versions = [Members.version("k", 1, 5, city: "Bonn")]
    try members.load(versions)
    #expect(try !members.load(versions, day: 7, endsAbsent: true).isChanged)
    let other = [Members.version("l", 1, city: "Ulm")]
    #expect(try !members.load(versions + [], day: 8, endsAbsent: true).isChanged)
    try members.load(other, day: 9, endsAbsent: true)
    #expect(try !members.load(other, day: 10, endsAbsent: true).isChanged)
    #expect(try members.text("SELECT count(*) FROM dim_member WHERE is_deleted") == ["1"])
  }

  @Test func `rule 18: a late delete closes the version that was open then`() throws {
    try members.load([Members.version("k", 1, city: "Bonn")])
    try members.load([
      Members.version("k", 1, 5, city: "Bonn"), Members.version("k", 9, city: "Bonn"),
    ])
    #expect(
      try members.versions() == [
        "k - Bonn - - 1 5 ", "k - Bonn - - 5 9  deleted", "k - Bonn - - 9  current",
      ])
  }

  @Test func `rule 19: a late version older than the delete is closed history`() throws {
    try members.load([Members.version("k", 5, 9, city: "Bonn")])
    try members.load([
      Members.version("k", 1, 5, city: "Ulm"), Members.version("k", 5, 9, city: "Bonn"),
    ])
    #expect(
      try members.versions() == [
        "k - Ulm - - 1 5 ", "k - Bonn - - 5 9 ", "k - Bonn - - 9  current deleted",
      ])
  }

  @Test func `rule 20: what comes again has a new surrogate key and the same durable one`() throws {
    try members.load([Members.version("k", 1, 5, city: "Bonn")])
    let before = try members.keys()
    try members.load([
      Members.version("k", 1, 5, city: "Bonn"), Members.version("k", 9, city: "Bonn"),
    ])
    let after = try members.keys()
    #expect(after.count == 3 && after.starts(with: before))
    #expect(
      try members.text(
        "SELECT count(DISTINCT member_key), count(DISTINCT member_durable_key) FROM dim_member "
          + "WHERE id = 'k'") == ["3 1"])
  }

  @Test func `rule 22: members whose key changed are linked, and merged where it is said`() throws {
    let versions = [
      Members.version("a", 1, 5, city: "Bonn"),
      Members.version("b", 5, 9, city: "Bonn", oldID: "a"),
      Members.version("c", 9, city: "Ulm", oldID: "b"),
      Members.version("x", 1, city: "Kiel", oldID: "nobody"),
      Members.version("y", 1, city: "Kiel", oldID: "z"),
      Members.version("z", 1, city: "Kiel", oldID: "y"),
    ]
    let query = """
      SELECT DISTINCT d.id, o.id FROM dim_member d
      LEFT JOIN dim_member o ON o.member_durable_key = d.member_previous_durable_key
      WHERE d.member_key > 0 ORDER BY 1
      """
    try members.load(versions)
    #expect(try members.text(query) == ["a -", "b a", "c b", "x -", "y z", "z y"])
    #expect(try !members.load(versions).isChanged)
    let merged = try Members(["key_change": "merge"])
    let sharing = """
      SELECT id, (
        SELECT min(id) FROM dim_member o WHERE o.member_durable_key = d.member_durable_key)
      FROM dim_member d WHERE member_key > 0 GROUP BY 1, 2 ORDER BY 1
      """
    // The one of before is told of last.
    for count in [4, 5, 6] {
      try merged.load(Array(versions.reversed().prefix(count)))
    }
    #expect(try merged.text(sharing) == ["a a", "b a", "c a", "x x", "y y", "z y"])
    #expect(try !merged.load(versions).isChanged)
  }

  @Test func `rule 23: a version without a key or a start is refused, and nothing is written`()
    throws
  {
    try members.load([Members.version("k", 1, city: "Bonn")])
    let before = try members.versions()
    let rows: [[Scalar]] = [
      [.null, .null, .null, .string("Ulm"), .null, .null, .timestamp(at(1)), .null],
      [.string("l"), .null, .null, .string("Ulm"), .null, .null, .null, .null],
    ]
    for row in rows {
      let load = WarehouseLoad(
        into: members.database, run: "r", Clock(now: at(0)), siteKey: nil)
      let fault = #expect(throws: Fault.self) {
        try load.load(members.table, from: source(Members.schema, [row]), inputs: "i")
      }
      #expect(fault?.kind == .verdict)
      try load.commit()
    }
    #expect(try members.versions() == before)
  }

  @Test func `rule 26 and 28: a column that comes is filled, one that goes keeps its value`() throws
  {
    func table(_ columns: String...) throws -> WarehouseTable {
      try WarehouseTable(
        "dim_thing", properties: ["dimension": "scd2", "key": "id", "track": columns[0]],
        schema: Schema(
          (["id"] + columns).map { Field($0, .string) } + [
            Field("valid_from", .timestamp), Field("valid_to", .timestamp),
          ]), at: members.place)
    }
    func load(_ table: WarehouseTable, _ values: [String]) throws -> LoadOutcome {
      let load = WarehouseLoad(
        into: members.database, run: "r", Clock(now: at(0)), siteKey: nil)
      defer { try? load.commit() }
      return try load.load(
        table,
        from: source(
          table.schema,
          [values.map { .string($0) } + [.timestamp(at(1)), .null]]), inputs: values.joined())
    }
    _ = try load(try table("city"), ["k", "Bonn"])
    let wider = try load(try table("city", "tier"), ["k", "Bonn", "gold"])
    #expect((wider.inserted, wider.updated) == (0, 1))
    _ = try load(try table("city"), ["k", "Bonn"])
    #expect(
      try members.text("SELECT id, city, tier FROM dim_thing WHERE thing_key > 0")
        == ["k Bonn gold"])
  }

  @Test func `rule 29 and 30: what is not delivered stays, nothing at all is refused`() throws {
    try members.load([Members.version("k", 1, city: "Bonn"), Members.version("l", 1, city: "Ulm")])
    #expect(try members.load([Members.version("k", 1, city: "Bonn")]).absent == 1)
    #expect(try members.versions().count == 2)
    let fault = #expect(throws: Fault.self) { try members.load([]) }
    #expect(fault?.kind == .verdict)
    try members.load([Members.version("k", 1, city: "Bonn")], day: 9, endsAbsent: true)
    #expect(try members.versions().last == "l - Ulm - - 9  current deleted")
  }

  @Test func `rule 31: a dimension that is built anew has the keys that it had`() throws {
    try members.load([
      Members.version("k", 1, 9, city: "Bonn"), Members.version("k", 9, city: "Ulm"),
    ])
    let versions = [
      Members.version("a", 1, city: "Kiel"), Members.version("k", 1, 5, city: "Bonn"),
      Members.version("k", 5, city: "Ulm"),
    ]
    try members.load(versions)
    let keys = try members.keys()
    try members.database.execute("DROP TABLE dim_member")
    try members.load(versions)
    #expect(try members.keys() == keys)
  }

  @Test func `rule 32: what was known before stays beside what is known now`() throws {
    let members = try Members(["two_axes": "true"])
    let first = [Members.version("k", 1, city: "Bonn", tier: "basic")]
    let second = [
      Members.version("k", 1, 5, city: "Bonn", tier: "basic"),
      Members.version("k", 5, city: "Ulm", tier: "gold"),
    ]
    let third = [
      Members.version("k", 1, 4, city: "Bonn"), Members.version("k", 4, 6, city: "Kiel"),
      Members.version("k", 8, city: "Ulm", tier: "gold"), Members.version("l", 1, city: "Ulm"),
    ]
    var known: [Int64: [String]] = [:]
    for (day, versions) in [(10, first), (20, second), (30, second), (40, third)] {
      try members.load(versions, day: Int64(day))
      known[Int64(day)] = try members.versions()
    }
    #expect(try members.versions(asKnownOn: 9) == [])
    for (day, versions) in known {
      #expect(try members.versions(asKnownOn: day) == versions, "day \(day)")
      #expect(try members.versions(asKnownOn: day + 5) == versions, "day \(day) and five")
    }
    // A clock that is set back makes nothing unknown.
    try members.load(second, day: 2)
    #expect(try members.versions(asKnownOn: 30) == known[20])
    #expect(try members.versions(asKnownOn: 50) == members.versions())
  }

  @Test func `rule 32: a dimension of before learns what it knows, and forgets that it did`() throws
  {
    let versions = [Members.version("k", 1, city: "Bonn")]
    try members.load(versions, day: 10)
    try members.describe(["two_axes": "true"])
    try members.load(
      [Members.version("k", 1, 5, city: "Bonn"), Members.version("k", 5, city: "Ulm")], day: 20)
    #expect(try members.versions(asKnownOn: 9) == [])
    #expect(try members.versions(asKnownOn: 10) == ["k - Bonn - - 1  current"])
    #expect(try members.versions(asKnownOn: 20).count == 2)
    let keys = try members.keys()
    try members.describe([:])
    try members.load(
      [Members.version("k", 1, 5, city: "Bonn"), Members.version("k", 5, city: "Ulm")], day: 30)
    #expect(try members.keys() == keys)
    #expect(try members.database.columns(of: "dim_member_as_known").isEmpty)
  }
}
