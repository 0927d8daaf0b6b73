import Columnar
import Core
import Delta
import Sealing
import TestSupport
import Testing

/// Sealed columns lie in files as bytes, and read as what they are for whoever has the key.
@Suite struct SealedColumnTests {
  private let work = Workdir()
  private let files = LocalFileSystem()

  private static let person = ColumnSeal(key: "table t", subject: "id", column: "email")
  private let schema = Schema([
    Field("id", .string), Field("email", .string).sealed(with: person), Field("tier", .string),
  ])

  private func keys() throws -> KeyStore {
    let folder = KeyFolder(work.file("keys"), files)
    if try folder.names().isEmpty { _ = try folder.makeKey() }
    return KeyStore(ofLake: work.file("lake"), files, folder)
  }

  private func table(_ keys: KeyStore?) -> Table {
    Table(work.file("lake/t"), files, keys: keys)
  }

  private func row(_ id: String?, _ email: String?, _ tier: String) -> [Scalar] {
    [id.map { .string($0) } ?? .null, email.map { .string($0) } ?? .null, .string(tier)]
  }

  private func source(_ rows: [[Scalar]], _ schema: Schema? = nil) -> BatchList {
    let schema = schema ?? self.schema.unsealed
    return BatchList(schema, [Batch(schema, rows: rows)])
  }

  private func made(_ rows: [[Scalar]], _ properties: [String: String] = [:]) throws -> KeyStore {
    let keys = try keys()
    try table(keys).update(.test()) {
      try $0.create(TableDefinition(schema: schema, properties: properties))
      try $0.append(source(rows))
    }
    return keys
  }

  private let people = [("C1", "ada@example.com"), ("C2", "bob@example.org"), ("C3", "eve@x.test")]

  private var rows: [[Scalar]] {
    people.map { row($0.0, $0.1, "gold") } + [row(nil, "no@one.test", "x")]
  }

  /// All bytes below the table's folder.
  private func bytes(_ folder: String) throws -> [UInt8] {
    var all: [UInt8] = []
    for name in try files.list(folder) {
      let path = "\(folder)/\(name)"
      all += try files.status(of: path)?.isDirectory == true ? bytes(path) : files.read(path)
    }
    return all
  }

  private func holds(_ text: String) throws -> Bool {
    String(decoding: try bytes(work.file("lake/t")), as: UTF8.self).contains(text)
  }

  private func snapshot(_ keys: KeyStore?, _ moment: Table.Moment = .latest) throws -> Snapshot {
    try #require(try table(keys).snapshot(at: moment))
  }

  @Test func `rows read as they were written, and no file holds what is sealed`() throws {
    let keys = try made(rows)
    #expect(try snapshot(keys).rows() == rows)
    #expect(try snapshot(keys).schema == schema)
    #expect(try holds("gold"))
    for (_, email) in people { #expect(try !holds(email) && !holds(String(email.prefix(6)))) }
    // Those who open the lake later read the same.
    #expect(try snapshot(self.keys()).rows() == rows)
  }

  @Test func `the log says binary, as other readers see it, and gives no bounds`() throws {
    _ = try made(rows)
    let log = try work.read("lake/t/_delta_log/00000000000000000000.json")
    #expect(log.contains(#"\"name\":\"email\",\"type\":\"binary\""#))
    #expect(log.contains(#"\"name\":\"tier\",\"type\":\"string\""#))
    #expect(log.contains(#"\"minValues\":{\"id\":\"C1\",\"tier\":\"gold\"}"#))
  }

  @Test func `without a key all else can be read, and nothing written`() throws {
    _ = try made(rows)
    #expect(try snapshot(nil).rows(["tier"]) == rows.map { [$0[2]] })
    let reading = #expect(throws: Fault.self) { try snapshot(nil).rows(["email"]) }
    #expect(reading?.kind == .denied)
    let writing = #expect(throws: Fault.self) {
      try table(nil).update(.test()) { try $0.append(source(rows)) }
    }
    #expect(writing?.kind == .denied)
  }

  @Test func `rows that come once more as they are change nothing`() throws {
    let keys = try made(rows)
    let version = try snapshot(keys).version
    var result = MergeResult()
    try table(keys).update(.test()) {
      result = try $0.merge(on: ["id"], upserts: source(Array(rows.prefix(3))))
    }
    #expect(result.unchanged == 3)
    #expect(try snapshot(keys).version == version)
    try table(keys).update(.test()) {
      result = try $0.merge(on: ["id"], upserts: source([row("C2", "new@example.org", "gold")]))
    }
    #expect(result.updated == 1)
    #expect(try snapshot(keys).rows(["email"]).contains([.string("new@example.org")]))
  }

  @Test func `the feed of changes tells rows that changed, and is sealed too`() throws {
    let keys = try made(rows, ["delta.enableChangeDataFeed": "true"])
    try table(keys).update(.test(2_000_000)) {
      _ = try $0.merge(
        on: ["id"],
        upserts: source([row("C1", "ada@example.com", "gold"), row("C2", "b@b.test", "gold")]))
    }
    let feed = try ChangeFeed(of: snapshot(keys), from: 1)
    var told: [[Scalar]] = []
    for source in try feed.sources(columns: ["id", "email", "_change_type"]) {
      while let batch = try source.next() { told += batch.rows }
    }
    #expect(
      Set(told) == [
        [.string("C2"), .string("bob@example.org"), .string("update_preimage")],
        [.string("C2"), .string("b@b.test"), .string("update_postimage")],
      ])
    #expect(try !holds("b@b.test"))
  }

  @Test func `a person whose key is destroyed is NULL in all versions, the others stay`() throws {
    let keys = try made(rows)
    try table(keys).update(.test(2_000_000)) {
      _ = try $0.merge(on: ["id"], upserts: source([row("C1", "ada@new.test", "silver")]))
    }
    let subjects = keys.subjects("id")
    try subjects.destroy([try subjects.tokens().token(of: "C1".utf8)])
    for keys in [keys, try self.keys()] {
      for moment in [Table.Moment.version(0), .version(1)] {
        let emails = try snapshot(keys, moment).rows(["id", "email"])
        #expect(emails.contains([.string("C1"), .null]))
        #expect(emails.contains([.string("C2"), .string("bob@example.org")]))
        #expect(emails.contains([.null, .string("no@one.test")]))
      }
    }
    // What comes of the person later is not kept either.
    try table(keys).update(.test(3_000_000)) { try $0.append(source([row("C1", "a@b", "x")])) }
    #expect(
      try snapshot(keys).rows(["id", "email"]).filter { $0[0] == .string("C1") }
        .allSatisfy { $0[1] == .null })
    // NULL is asked for by conditions too, though the files say nothing of it.
    let found = try snapshot(keys).rows(["id"], where: [ColumnPredicate("email", .isNull)])
    #expect(found.contains([.string("C1")]))
  }

  @Test func `values of every simple type come back`() throws {
    let seal = { (name: String) in ColumnSeal(key: "table t", subject: nil, column: name) }
    let types: [(String, DataType, Scalar)] = [
      ("a", .boolean, .boolean(true)), ("b", .int, .integer(-7)), ("c", .bigint, .integer(1 << 40)),
      ("d", .double, .double(-0.1)),
      ("e", .decimal(precision: 12, scale: 2), .decimal(Decimal(unscaled: -1234, scale: 2))),
      ("f", .date, .date(CivilDate(dayNumber: 17_000))),
      ("g", .timestamp, .timestamp(Timestamp(microseconds: 1_234_567_890_123_456))),
      ("h", .binary, .binary([0, 255, 1])), ("i", .string, .string("")),
      ("j", .smallint, .integer(3)), ("k", .tinyint, .integer(4)),
    ]
    let sealed = Schema(
      [Field("n", .int)] + types.map { Field($0.0, $0.1).sealed(with: seal($0.0)) })
    let rows = [[Scalar.integer(1)] + types.map(\.2), [.integer(2)] + types.map { _ in .null }]
    let keys = try keys()
    try table(keys).update(.test()) {
      try $0.create(TableDefinition(schema: sealed))
      try $0.append(source(rows, sealed.unsealed))
    }
    let found = try snapshot(keys)
    #expect(found.schema == sealed)
    #expect(try found.rows() == rows)
  }

  @Test func `a column cannot be sealed, or opened, without its rows being made anew`() throws {
    let keys = try made(rows)
    let fault = #expect(throws: Fault.self) {
      try table(keys).update(.test()) { try $0.evolve(to: schema.unsealed) }
    }
    #expect(fault?.problem.contains("'email' would be sealed otherwise") == true)
    try table(keys).update(.test()) {
      _ = try $0.overwriteAll(source(rows), as: TableDefinition(schema: schema.unsealed))
    }
    #expect(try snapshot(nil).rows() == rows)
    #expect(try snapshot(keys, .version(0)).rows() == rows)
  }

  @Test func `structures cannot be sealed as a whole, nor can columns of folders`() throws {
    let seal = ColumnSeal(key: "table t", subject: nil, column: "a")
    let nested = Field("a", .structure([Field("b", .string)])).sealed(with: seal)
    for definition in [
      TableDefinition(schema: Schema([Field("n", .int), nested])),
      TableDefinition(
        schema: Schema([Field("n", .int), Field("a", .string).sealed(with: seal)]),
        partitionColumns: ["a"]),
    ] {
      let fault = #expect(throws: Fault.self) {
        try table(keys()).update(.test()) { try $0.create(definition) }
      }
      #expect(fault?.kind == .configuration)
    }
  }

  @Test func `a value that was moved to another column does not open`() throws {
    let keys = try made(rows)
    let log = work.file("lake/t/_delta_log/00000000000000000000.json")
    let text = String(decoding: try files.read(log), as: UTF8.self)
      .replacing(#"medallion.seal.column\":\"email"#, with: #"medallion.seal.column\":\"phone"#)
    try files.replace(log, Array(text.utf8))
    let fault = #expect(throws: Fault.self) { try snapshot(keys).rows(["email"]) }
    #expect(fault?.kind == .data)
  }
}
