import Columnar
import Core
import Sealing

/// Opens a sealed column as it comes from a table's files.
struct ColumnOpening: Sendable {
  private let field: Field
  private let seal: ColumnSeal
  private let keys: KeyStore?
  private let place: Place

  init(_ field: Field, _ seal: ColumnSeal, _ keys: KeyStore?, at place: Place) {
    self.field = field
    self.seal = seal
    self.keys = keys
    self.place = place
  }

  /// The values in the column's own type; those of persons whose keys were destroyed are NULL.
  /// `.denied` when there is no key.
  func plain(_ column: Column) throws(Fault) -> Column {
    guard let keys else {
      throw Fault(
        .denied, at: place, "column '\(field.name)' is sealed, and no key is given",
        remedy: "leave the column out, or give --keys or MEDALLION_KEYS")
    }
    let sealer = ValueSealer()
    let subjects = seal.subject.map { keys.subjects($0) }
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(column.count + 1)
    var validity = Bitmap(repeating: true, count: column.count)
    for row in 0..<column.count {
      let isThere =
        if column.isNull(row) { false } else {
          try open(column.rawBytes(row), keys, subjects, sealer, into: &runs.bytes)
        }
      if !isThere { validity[row] = false }
      guard let end = Int32(exactly: runs.bytes.count) else {
        throw .outOfMemory("values of '\(field.name)'", at: place)
      }
      runs.offsets.append(end)
    }
    return try typed(
      Column(
        .binary, count: column.count, validity: validity.isAllSet ? nil : validity, .bytes(runs)))
  }

  /// Appends what a value holds; false for one that nobody can open any more.
  private func open(
    _ bytes: ArraySlice<UInt8>, _ keys: KeyStore, _ subjects: SubjectKeys?,
    _ sealer: ValueSealer, into target: inout [UInt8]
  ) throws(Fault) -> Bool {
    guard let value = SealedValue(bytes) else { throw damage() }
    let isOpen: Bool
    switch value.owner {
    case .table(let version):
      let key = try keys.key(seal.key, version: version)
      isOpen = sealer.open(
        value.sealed, with: key.key,
        for: SealedValue.place(key: seal.key, version: version, column: seal.column),
        into: &target)
    case .subject(let token):
      guard let subjects else { throw damage() }
      switch try subjects.state(of: token) {
      case .destroyed: return false
      case .unknown:
        throw Fault(
          .data, at: place, "the key of a person in '\(field.name)' is not there",
          remedy: "restore the lake's _keys from a copy")
      case .live(let key):
        isOpen = sealer.open(
          value.sealed, with: key,
          for: SealedValue.place(subject: subjects.kind, token: token, column: seal.column),
          into: &target)
      }
    }
    guard isOpen else { throw damage() }
    return true
  }

  private func typed(_ column: Column) throws(Fault) -> Column {
    if field.type.layout == .bytes { return column.retyped(field.type) }
    let builder = ColumnBuilder(field.type, capacity: column.count)
    for row in 0..<column.count {
      if column.isNull(row) {
        builder.append(.null)
        continue
      }
      let text = String(decoding: column.rawBytes(row), as: UTF8.self)
      guard let value = PartitionValue.decode(text, as: field.type) else { throw damage() }
      builder.append(value)
    }
    return builder.finish()
  }

  private func damage() -> Fault {
    Fault(
      .data, at: place,
      "a sealed value of '\(field.name)' is damaged, or stands where it does not "
        + "belong", remedy: "restore the file from a copy")
  }
}

extension Column {
  /// The bytes of a value that has layout bytes.
  fileprivate func rawBytes(_ row: Int) -> ArraySlice<UInt8> {
    switch values {
    case .bytes(let runs): runs[row]
    case .dictionary(let codes, let dictionary): dictionary.values[Int(codes[row])]
    default: []
    }
  }
}
