package import Columnar
package import Core

// Database: one client face over databases, SQLite behind it, and the changes of source tables.
//
// The floor is the face: `Connection` and `Statement`, and `Dialect` for how databases differ.
// Above it are `SQLite`, which reads and writes batches through that face, and `Changes`, which
// finds inserts, updates and deletes by comparing a table with what the last extraction saw.
//
// Begin with `Connection`. PostgreSQL is a library of its own. What changes are for, and the star
// schema, are not known here.

/// An open database: one client face over SQLite and PostgreSQL.
///
/// A connection runs statements, reads results as batches (`query`), takes batches in bulk
/// (`append`) and tells what tables it has. It is used by one thread at a time and closed when the
/// last reference goes. Failures are `Fault`s: `.temporary` when the database is busy or away,
/// `.missing` when it is not there, `.data` when it is damaged or no database, `.io` when the disk
/// is full, `.verdict` when a constraint is broken.
///
///     let orders = try SQLiteConnection("orders.db", .readOnly)
///     let rows = try orders.query("SELECT * FROM customers WHERE country = ?", [.string("Peru")])
///     while let batch = try rows.next() { … }
package protocol Connection: AnyObject {
  /// How this database spells names, types and parameters.
  var dialect: Dialect { get }

  /// The database as messages name it.
  var place: Place { get }

  /// Runs statements without parameters and results, one after the other.
  func execute(_ sql: String) throws(Fault)

  /// Compiles one statement, to be run many times.
  func prepare(_ sql: String) throws(Fault) -> any Statement

  /// The rows of a SELECT. Columns are of `schema`'s types, in its order, or without a schema all
  /// STRING, exactly as the source gives them (`Dialect`). Read it to its end or let it go before
  /// the next statement changes what it reads.
  func query(
    _ sql: String, _ parameters: [Scalar], as schema: Schema?
  ) throws(Fault) -> any BatchSource

  /// Appends all rows of `source` to `table`, each column to the one of its name: `COPY` on
  /// PostgreSQL, one prepared INSERT on SQLite. Gives their number.
  func append(_ source: any BatchSource, to table: String) throws -> Int

  /// The names of the tables, in byte order.
  func tables() throws(Fault) -> [String]

  /// The columns of a table in their order; empty when there is no such table.
  func columns(of table: String) throws(Fault) -> [TableColumn]
}

/// A compiled statement; its parameters are numbered from 1 in the order of their marks.
package protocol Statement: AnyObject {
  /// Runs the statement and gives the number of rows it inserted, updated or deleted.
  @discardableResult
  func run(_ parameters: [Scalar]) throws(Fault) -> Int

  /// Runs the statement and gives its rows, each value as it is stored: for small results.
  func rows(_ parameters: [Scalar]) throws(Fault) -> [[Scalar]]
}

/// A column of a table as the database declares it.
package struct TableColumn: Hashable, Sendable {
  package var name: String
  /// The type as declared: `DECIMAL(18,2)`.
  package var declaredType: String
  /// What the declaration means (`Dialect.dataType`).
  package var type: DataType
  package var isNullable: Bool
  /// Its place in the primary key, from 1; 0 when it is not part of it.
  package var keyPosition: Int

  package init(
    _ name: String, declaredType: String, type: DataType, isNullable: Bool, keyPosition: Int
  ) {
    self.name = name
    self.declaredType = declaredType
    self.type = type
    self.isNullable = isNullable
    self.keyPosition = keyPosition
  }
}

extension Connection {
  /// `query(_:_:as:)` with parameters and schema left out.
  package func query(
    _ sql: String, _ parameters: [Scalar] = []
  ) throws(Fault) -> any BatchSource {
    try query(sql, parameters, as: nil)
  }

  /// Compiles and runs one statement; gives the number of rows it changed.
  @discardableResult
  package func run(_ sql: String, _ parameters: [Scalar] = []) throws(Fault) -> Int {
    try prepare(sql).run(parameters)
  }

  /// The rows of a small result, each value as it is stored.
  package func rows(_ sql: String, _ parameters: [Scalar] = []) throws(Fault) -> [[Scalar]] {
    try prepare(sql).rows(parameters)
  }

  /// The first value of the first row; NULL when there is no row.
  package func value(_ sql: String, _ parameters: [Scalar] = []) throws(Fault) -> Scalar {
    try rows(sql, parameters).first?.first ?? .null
  }

  /// The first value of the first row as a whole number; 0 when it is none. True is 1, whichever
  /// way the database tells it.
  package func integer(_ sql: String, _ parameters: [Scalar] = []) throws(Fault) -> Int {
    switch try value(sql, parameters) {
    case .integer(let value): Int(value)
    case .boolean(let flag): flag ? 1 : 0
    default: 0
    }
  }

  /// Whether there is a table called `name`.
  package func hasTable(_ name: String) throws(Fault) -> Bool {
    try !columns(of: name).isEmpty
  }

  /// The columns of the primary key, in its order; empty when there is none.
  package func primaryKey(of table: String) throws(Fault) -> [String] {
    try columns(of: table).filter { $0.keyPosition > 0 }
      .sorted { $0.keyPosition < $1.keyPosition }.map(\.name)
  }

  /// The columns of a table as a schema, by what their declarations mean.
  package func schema(of table: String) throws(Fault) -> Schema {
    Schema(try columns(of: table).map { Field($0.name, $0.type, isNullable: $0.isNullable) })
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
  package func transaction<Value>(_ body: () throws -> Value) throws -> Value {
    try execute(dialect.beginWrite)
    do {
      let value = try body()
      try execute("COMMIT")
      return value
    } catch {
      // The database may have rolled back by itself; the first fault is the one to tell.
      try? execute("ROLLBACK")
      throw error
    }
  }
}
