package import Columnar
package import Core
import Database

/// One statement on a source database: its text with a `?` for each of its values.
package struct SourceChange: Sendable {
  package let sql: String
  package let values: [Scalar]

  init(_ sql: String, _ values: [Scalar]) {
    self.sql = sql
    self.values = values
  }
}

/// Where the changes of a source database go.
package protocol ChangeSink: AnyObject {
  /// Makes `tables`, and applies what `changes` hands over: all of it or nothing. The database then
  /// stands at the end of `day`.
  func apply(
    _ day: CivilDate, tables: [SourceTable],
    _ changes: ((SourceChange) throws -> Void) throws -> Void
  ) throws
}

/// A table of a source database, as the statement that makes it.
package struct SourceTable: Sendable {
  let name: String
  /// Its columns with their types, and its key; `INTEGER KEY` stands for a key of 64 bits.
  let columns: [String]

  init(_ name: String, _ columns: String...) {
    self.name = name
    self.columns = columns
  }

  /// The statement for a kind of database. In SQLite an `INTEGER PRIMARY KEY` has 64 bits.
  func sql(_ dialect: Dialect) -> String {
    let keyType = dialect == .sqlite ? "INTEGER PRIMARY KEY" : "BIGINT PRIMARY KEY"
    let list = columns.map { $0.replacing("INTEGER KEY", with: keyType) }.joined(separator: ", ")
    return "CREATE TABLE \(name) (\(list))"
  }
}

/// A source database of the retailer, as a source of changes: memory grows with stores, products
/// and members, never with days.
package protocol SourceHistory: Sendable {
  var tables: [SourceTable] { get }
  /// All that its rows follow from, as text: databases of different retailers differ in it.
  var signature: String { get }
  /// Hands over all that is in the books at the end of `day`.
  func start(at day: CivilDate, _ put: (SourceChange) throws -> Void) throws
  /// Hands over what changes on `day`, in an order that leaves no reference open.
  func advance(to day: CivilDate, _ put: (SourceChange) throws -> Void) throws
}

extension Scalar {
  /// An amount of cents with its two decimals.
  static func money(_ cents: Int) -> Scalar {
    .decimal(Decimal(unscaled: Int128(cents), scale: 2))
  }

  /// A number of pieces.
  static func count(_ value: Int) -> Scalar {
    .decimal(Decimal(unscaled: Int128(value), scale: 0))
  }

  /// A time of a day, in milliseconds since midnight UTC.
  static func instant(_ day: Int, _ millisecond: Int) -> Scalar {
    .timestamp(
      Timestamp(
        microseconds: Int64(day) * Timestamp.microsecondsPerDay + Int64(millisecond) * 1_000))
  }

  static func day(_ number: Int) -> Scalar {
    .date(CivilDate(dayNumber: Int32(clamping: number)))
  }
}

/// The second of the day at which the books say that something of `day` happened, from a key: whole
/// seconds, as offices do it, between 5 and 23 o'clock.
func officeTime(_ day: Int, _ key: UInt64) -> Scalar {
  .instant(day, (18_000 + scaled(key, to: 64_000)) * 1_000)
}
