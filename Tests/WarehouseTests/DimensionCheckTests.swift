import Columnar
import Core
import Database
import TestSupport
import Testing
import Warehouse

/// What a load has made is checked before it is published: each rule by a trigger that breaks it.
@Suite struct DimensionCheckTests {
  private let members: Members
  private static let versions = [
    Members.version("k", 1, 5, city: "Bonn"), Members.version("k", 5, city: "Ulm"),
    Members.version("l", 1, city: "Kiel"),
  ]
  private static let late = [
    Members.version("k", 1, 3, city: "Bonn"), Members.version("k", 3, 5, city: "Kiel"),
    Members.version("k", 5, city: "Ulm"), Members.version("l", 1, city: "Kiel"),
  ]

  init() throws {
    members = try Members()
    try members.load(Self.versions)
  }

  @Test(arguments: [
    ("UPDATE dim_member SET valid_to = valid_from WHERE city = 'Kiel' AND id = 'k'", "ends before"),
    (
      "UPDATE dim_member SET valid_to = '1970-01-05T00:00:00.000000Z' WHERE city = 'Bonn'",
      "overlap"
    ),
    ("UPDATE dim_member SET valid_to = '1970-01-03T00:00:00.000000Z' WHERE city = 'Bonn'", "hole"),
    ("UPDATE dim_member SET is_current = 1 WHERE city = 'Bonn'", "current"),
    ("DELETE FROM dim_member WHERE id = 'l'", "went"),
    ("DELETE FROM dim_member WHERE member_key = -2", "reserved"),
  ])
  func `a dimension that breaks a rule is not published`(_ flaw: String, _ word: String) throws {
    let before = try members.text("SELECT * FROM dim_member ORDER BY member_key")
    try members.database.execute(
      "CREATE TRIGGER flaw AFTER INSERT ON dim_member WHEN new.member_key > 0 BEGIN \(flaw); END")
    if word == "reserved" {
      try members.database.execute(
        "CREATE TRIGGER lost BEFORE INSERT ON dim_member WHEN new.member_key = -2 "
          + "BEGIN SELECT RAISE(IGNORE); END")
    }
    let fault = #expect(throws: Fault.self) { try members.load(Self.late) }
    #expect(fault?.kind == .internal)
    #expect(fault?.problem.contains(word) == true, "\(fault?.problem ?? "")")
    #expect(try members.text("SELECT * FROM dim_member ORDER BY member_key") == before)
    try members.database.execute("DROP TRIGGER flaw; DROP TRIGGER IF EXISTS lost")
    try members.load(Self.late)
    #expect(try members.versions().count == 4)
  }

  @Test func `a row that is not stored is missed`() throws {
    try members.database.execute(
      "CREATE TRIGGER lost BEFORE INSERT ON dim_member WHEN new.city = 'Kiel' "
        + "BEGIN SELECT RAISE(IGNORE); END")
    let fault = #expect(throws: Fault.self) { try members.load(Self.late) }
    #expect(fault?.kind == .internal)
  }

  @Test func `all members are checked where more are touched than can be named`() throws {
    let many = (0..<1_200).map { Members.version("m\($0)", 1, city: "Ulm") }
    try members.database.execute(
      "CREATE TRIGGER flaw AFTER INSERT ON dim_member WHEN new.id = 'm777' "
        + "BEGIN UPDATE dim_member SET is_current = 0 WHERE member_key = new.member_key; END")
    let fault = #expect(throws: Fault.self) { try members.load(Self.versions + many) }
    #expect(fault?.problem.contains("id = 'm777'") == true)
  }

  @Test func `a version that nobody accounts for is told`() {
    var tally = VersionTally()
    #expect(tally.isBalanced)
    tally.delivered = 4
    (tally.versions, tally.unchanged, tally.repeated) = (1, 1, 1)
    #expect(!tally.isBalanced)
    tally.empty = 1
    #expect(tally.isBalanced)
  }

  @Test func `what facts inferred is filled in place, and keeps its key`() throws {
    try members.database.execute(
      """
      INSERT INTO dim_member (member_key, member_durable_key, id, valid_from, valid_to, is_current,
        is_deleted, is_inferred)
      VALUES (77, 78, 'early', '1970-01-03T00:00:00.000000Z', '9999-12-31T00:00:00Z', 1, 0, 1);
      INSERT INTO _keys VALUES ('dim_member', 'early', '1970-01-03T00:00:00.000000Z', 77, 78)
      """)
    // Nobody has described it yet, so that nobody can have let it go.
    let outcome = try members.load(Self.versions, endsAbsent: true)
    #expect(!outcome.isChanged && outcome.absent == 0)
    try members.load(
      Self.versions + [
        Members.version("early", 2, 6, city: "Bonn"), Members.version("early", 6, city: "Ulm"),
      ])
    #expect(
      try members.text(
        "SELECT member_key, member_durable_key, city, is_inferred FROM dim_member "
          + "WHERE id = 'early' ORDER BY valid_from") == ["77 78 Bonn 0", "78 78 Ulm 0"])
  }
}
