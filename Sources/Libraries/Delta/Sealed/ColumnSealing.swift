import Columnar
import Core
import Sealing

/// Seals the columns of rows on their way into a table's files.
struct ColumnSealing: Sendable {
  /// A sealed column, and where it and the column that tells the person stand among the table's.
  private struct Part: Sendable {
    let position: Int
    let name: String
    let seal: ColumnSeal
    let subject: Int?
  }

  private let parts: [Part]
  private let keys: KeyStore
  private let place: Place

  /// The sealing of a table of `schema`; nil where no column is sealed. `.denied` when there are no
  /// keys to do it with.
  init?(_ schema: Schema, _ keys: KeyStore?, at place: Place) throws(Fault) {
    var parts: [Part] = []
    for (position, field) in schema.fields.enumerated() {
      guard let seal = field.seal else { continue }
      var subject: Int?
      if let name = seal.subject {
        guard let index = schema.index(of: name) else {
          throw Fault(
            .configuration, at: place,
            "column '\(field.name)' is sealed by '\(name)', which the "
              + "table does not have", remedy: "name one of \(schema.names.joined(separator: ", "))"
          )
        }
        subject = index
      }
      parts.append(Part(position: position, name: field.name, seal: seal, subject: subject))
    }
    guard !parts.isEmpty else { return nil }
    guard let keys else {
      throw Fault(
        .denied, at: place, "column '\(parts[0].name)' is sealed, and no key is given",
        remedy: "give --keys, or MEDALLION_KEYS")
    }
    self.parts = parts
    self.keys = keys
    self.place = place
  }

  /// The columns of `batch`, which has all of the table's, as files have them.
  func stored(_ batch: Batch) throws(Fault) -> [Column] {
    var columns = batch.columns
    let sealer = ValueSealer()
    var persons: [Int: Persons] = [:]
    for part in parts {
      var owners: Persons?
      if let subject = part.subject, let kind = part.seal.subject {
        if persons[subject] == nil {
          persons[subject] = try Persons(batch.columns[subject], keys.subjects(kind))
        }
        owners = persons[subject]
      }
      columns[part.position] = try sealed(batch.columns[part.position], part, owners, sealer)
    }
    return columns
  }

  private func sealed(
    _ column: Column, _ part: Part, _ owners: Persons?, _ sealer: ValueSealer
  ) throws(Fault) -> Column {
    let shared = try keys.key(part.seal.key)
    let head = SealedValue.head(version: shared.version)
    let sharedPlace = SealedValue.place(
      key: part.seal.key, version: shared.version, column: part.seal.column)
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(column.count + 1)
    var validity = Bitmap(repeating: true, count: column.count)
    let values = PlainValues(column)
    for row in 0..<column.count {
      let value = column.isNull(row) ? nil : values.bytes(row)
      switch (value, owners?.owner(of: row) ?? .nobody) {
      case (nil, _), (_, .gone): validity[row] = false
      case (let value?, .nobody):
        runs.bytes += head
        sealer.seal(value, with: shared.key, for: sharedPlace, into: &runs.bytes)
      case (let value?, .person(let token, let key)):
        runs.bytes += SealedValue.head(token: token)
        let place = SealedValue.place(
          subject: part.seal.subject ?? "", token: token, column: part.seal.column)
        sealer.seal(value, with: key, for: place, into: &runs.bytes)
      }
      guard let end = Int32(exactly: runs.bytes.count) else {
        throw .outOfMemory("sealed values of '\(part.name)'", at: place)
      }
      runs.offsets.append(end)
    }
    return Column(
      .binary, count: column.count, validity: validity.isAllSet ? nil : validity, .bytes(runs))
  }
}

/// Whose each row is.
private struct Persons {
  enum Owner {
    /// The row names no person.
    case nobody
    /// The person was erased: nothing of them is written again.
    case gone
    case person(token: [UInt8], key: SealingKey)
  }

  /// What `numbers` point to.
  private var owners: [Owner] = [.nobody]
  private var numbers: [Int]

  init(_ column: Column, _ subjects: SubjectKeys) throws(Fault) {
    numbers = [Int](repeating: 0, count: column.count)
    let values = PlainValues(column)
    let tokens = try subjects.tokens()
    var known: [[UInt8]: Int] = [:]
    var found: [[UInt8]] = []
    for row in 0..<column.count where !column.isNull(row) {
      let value = Array(values.bytes(row))
      if let number = known[value] {
        numbers[row] = number
      } else {
        found.append(tokens.token(of: value))
        known[value] = found.count
        numbers[row] = found.count
      }
    }
    try subjects.make(found)
    for token in found {
      switch try subjects.state(of: token) {
      case .live(let key): owners.append(.person(token: token, key: key))
      case .destroyed, .unknown: owners.append(.gone)
      }
    }
  }

  func owner(of row: Int) -> Owner { owners[numbers[row]] }
}

/// The values of a column as bytes: texts as they are, all others as their text.
private struct PlainValues {
  private let column: Column

  init(_ column: Column) { self.column = column }

  func bytes(_ row: Int) -> ArraySlice<UInt8> {
    switch column.values {
    case .bytes(let runs): runs[row]
    case .dictionary(let codes, let dictionary): dictionary.values[Int(codes[row])]
    default: Array((PartitionValue.encode(column.scalar(at: row)) ?? "").utf8)[...]
    }
  }
}
