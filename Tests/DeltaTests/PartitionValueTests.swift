import Columnar
import Core
import Delta
import TestSupport
import Testing

@Suite struct PartitionValueTests {
  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `a value of any simple type comes back from its text`(seed: UInt64) {
    var random = RandomColumns(seed: seed)
    for type in RandomColumns.flatTypes where type != .binary {
      let value = random.scalar(type, distinct: 1_000)
      if value == .string("") { continue }  // Cannot be told from NULL.
      let text = PartitionValue.encode(value)
      #expect(
        PartitionValue.decode(text, as: type) == value, "seed \(seed), \(type.sql) \(text ?? "")")
    }
  }

  @Test(arguments: [
    (DataType.timestamp, "2021-09-08 11:11:11", Scalar.timestamp(at("2021-09-08T11:11:11Z"))),
    (.timestamp, "2021-09-08 11:11:11.000001", .timestamp(at("2021-09-08T11:11:11.000001Z"))),
    (.timestamp, "2021-09-08T11:11:11.5Z", .timestamp(at("2021-09-08T11:11:11.5Z"))),
    (.boolean, "TRUE", .boolean(true)), (.double, "NaN", .double(.nan)),
    (.double, "-Infinity", .double(-.infinity)),
    (.decimal(precision: 5, scale: 2), "1.5", .decimal(Decimal(unscaled: 150, scale: 2))),
    (.string, " x ", .string(" x ")),
  ])
  func `what other writers spell is understood`(_ type: DataType, _ text: String, _ value: Scalar) {
    #expect(PartitionValue.decode(text, as: type).map { "\($0)" } == "\(value)")
  }

  @Test(arguments: [
    (DataType.int, "2147483648"), (.tinyint, "x"), (.boolean, "yes"), (.date, "2021-02-30"),
    (.timestamp, "now"), (.decimal(precision: 3, scale: 2), "100.00"),
  ])
  func `what spells no value is refused`(_ type: DataType, _ text: String) {
    #expect(PartitionValue.decode(text, as: type) == nil)
  }

  @Test func `NULL and the empty text are NULL`() {
    #expect(PartitionValue.decode(nil, as: .int) == .null)
    #expect(PartitionValue.decode("", as: .string) == .null)
    #expect(PartitionValue.encode(.null) == nil)
    #expect(PartitionValue.encode(.string("")) == nil)
  }

  private static func at(_ text: String) -> Timestamp {
    Timestamp(parsing: text) ?? Timestamp(microseconds: 0)
  }
}

@Suite struct FilePathTests {
  @Test func `folders are spelled as Hive and Spark spell them`() {
    #expect(FilePath.folder(column: "day", value: "2017-01-01") == "day=2017-01-01")
    #expect(FilePath.folder(column: "a b", value: "x/y:z%") == "a b=x%2Fy%3Az%25")
    #expect(FilePath.folder(column: "p", value: "\u{1}ü") == "p=%01ü")
    #expect(FilePath.folder(column: "p", value: nil) == "p=__HIVE_DEFAULT_PARTITION__")
  }

  @Test func `a path in the log is URL-encoded, once`() {
    let path = "p=x%2Fy ü/part-0.parquet"
    #expect(FilePath.encode(path) == "p=x%252Fy%20%C3%BC/part-0.parquet")
    #expect(FilePath.decode(FilePath.encode(path)) == path)
    #expect(FilePath.decode("file:///data/a%20b.parquet") == "/data/a b.parquet")
    #expect(FilePath.decode("file:/data/100%.parquet") == "/data/100%.parquet")
    #expect(FilePath.foreignScheme(of: "s3://bucket/key") == "s3")
    #expect(FilePath.foreignScheme(of: "file:///a") == nil)
    #expect(FilePath.foreignScheme(of: "a=b:c/d") == nil)
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `any path comes back from its code`(seed: UInt64) {
    var random = SeededRandom(seed)
    let letters = Array("ab/%=: üß\u{1F600}25#?&+~'\"")
    let path = "p" + String((0..<20).map { _ in letters.randomElement(using: &random) ?? "a" })
    #expect(FilePath.decode(FilePath.encode(path)) == path, "seed \(seed)")
  }
}
