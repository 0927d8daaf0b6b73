import CSimdjson
import Columnar
import Core

/// The Swift side of the line reader: the field plan going in, the columns coming out.
final class JSONLineColumns {
  /// A column of the plan by its number, with those below it.
  private struct Planned {
    var number: Int32
    var type: DataType
    var children: [Planned] = []
  }

  let schema: Schema
  private let lines: OpaquePointer
  private var planned: [Planned] = []
  private var texts = GrowingTexts()

  /// A plan for the columns called `asked` of `declared`, or all of them.
  init(declared: Schema, asked: [String]?, options: JSONLinesOptions) throws(Fault) {
    let names = asked ?? declared.names
    var fields = asked == nil ? declared.fields : []
    for name in asked ?? [] {
      // Callers ask for columns of the schema that they declare.
      guard let index = declared.index(of: name) else {
        preconditionFailure("'\(name)' is no column of the declared schema")
      }
      fields.append(declared.fields[index])
    }
    let corrupt = fields.firstIndex {
      $0.name == options.corruptRecordColumn && $0.type == .string
    }
    if let name = options.rawColumn { fields.append(Field(name, .string)) }
    if let name = options.lineNumberColumn { fields.append(Field(name, .bigint)) }
    schema = Schema(fields)
    lines = try JSONLineColumns.makeLines(options, keepsCorruptText: corrupt != nil)
    for position in names.indices {
      if position == corrupt {
        planned.append(Planned(number: corruptTextColumn, type: .string))
      } else {
        planned.append(try add(fields[position].type, name: fields[position].name, below: 0))
      }
    }
    let made = Set(schema.names)
    if corrupt != nil {
      // A bad field counts even if its column was not asked for.
      for field in declared.fields
      where field.name != options.corruptRecordColumn && !made.contains(field.name) {
        _ = try add(field.type, name: field.name, below: 0)
      }
    }
    for field in declared.fields where corrupt == nil && !made.contains(field.name) {
      let isKnown = Array(field.name.utf8).withUnsafeBufferPointer {
        medallion_json_lines_know(lines, $0.baseAddress, $0.count)
      }
      guard isKnown else { throw outOfMemory() }
    }
    if options.rawColumn != nil { planned.append(Planned(number: textColumn, type: .string)) }
    if options.lineNumberColumn != nil {
      planned.append(Planned(number: lineNumberColumn, type: .bigint))
    }
  }

  private static func makeLines(
    _ options: JSONLinesOptions, keepsCorruptText: Bool
  ) throws(Fault) -> OpaquePointer {
    let required = Array((options.requiredText ?? "").utf8)
    let lines = required.withUnsafeBufferPointer { required in
      var native = medallion_json_lines_options(
        keeps_text: options.rawColumn != nil,
        keeps_line_number: options.lineNumberColumn != nil,
        keeps_corrupt_text: keepsCorruptText, codes_texts: true,
        spreads_arrays: options.spreadsArrays, maximum_depth: 1_000,
        required_text: required.baseAddress, required_count: required.count,
        conversions: jsonConversions)
      return medallion_json_lines_create(&native)
    }
    guard let lines else { throw outOfMemory() }
    return lines
  }

  deinit { medallion_json_lines_destroy(lines) }

  var counts: medallion_json_lines_counts { medallion_json_lines_count(lines) }

  /// Takes up whole lines, the first having number `line`.
  func begin(_ bytes: [UInt8], line: Int64) throws(Fault) {
    try check(
      bytes.withUnsafeBufferPointer {
        medallion_json_lines_begin(lines, $0.baseAddress, $0.count, line)
      })
  }

  /// Appends rows from the lines last taken up; true when all are read.
  func proceed(_ bytes: [UInt8], maximumRows: Int) throws(Fault) -> Bool {
    var isDone = false
    try check(
      bytes.withUnsafeBufferPointer {
        medallion_json_lines_continue(lines, $0.baseAddress, maximumRows, &isDone)
      })
    return isDone
  }

  /// Appends the row of a line too long to be read.
  func refuse(_ bytes: [UInt8], line: Int64) throws(Fault) {
    try check(
      bytes.withUnsafeBufferPointer {
        medallion_json_lines_refuse(lines, $0.baseAddress, $0.count, line)
      })
  }

  /// The rows appended so far as a batch, nil when there are none; the columns are empty then. All
  /// rows are of the chunk `bytes`, which their text is kept by.
  func finish(_ bytes: [UInt8]) -> Batch? {
    let counts = counts
    defer { medallion_json_lines_clear(lines) }
    guard counts.rows > 0 else { return nil }
    let columns = planned.map { plan -> Column in
      let column =
        plan.number == textColumn
        ? lineTexts(bytes, count: counts.rows) : column(plan, count: counts.rows)
      let isText = plan.number == textColumn || plan.number == corruptTextColumn
      return counts.has_bad_text && isText ? column.repairingText() : column
    }
    return Batch(schema, columns, rowCount: counts.rows)
  }

  private func add(_ type: DataType, name: String, below parent: Int32) throws(Fault) -> Planned {
    let number = Array(name.utf8).withUnsafeBufferPointer {
      medallion_json_lines_add(lines, parent, type.jsonKind, $0.baseAddress, $0.count)
    }
    guard number >= 0 else { throw outOfMemory() }
    var planned = Planned(number: number, type: type)
    switch type {
    case .tinyint: medallion_json_lines_set_range(lines, number, -128, 127)
    case .smallint: medallion_json_lines_set_range(lines, number, -32_768, 32_767)
    case .int: medallion_json_lines_set_range(lines, number, Int64(Int32.min), Int64(Int32.max))
    case .bigint: medallion_json_lines_set_range(lines, number, Int64.min, Int64.max)
    case .decimal(let precision, let scale):
      medallion_json_lines_set_decimal(lines, number, Int32(precision), Int32(scale))
    case .array(let element, _):
      planned.children = [try add(element, name: "", below: number)]
    case .map(let key, let value, _):
      guard key == .string else {
        throw Fault(
          .configuration, "JSON has no keys of type \(key.sql)",
          remedy: "declare the map's keys as STRING")
      }
      planned.children = [
        try add(.string, name: "", below: number), try add(value, name: "", below: number),
      ]
    case .structure(let fields):
      for field in fields {
        planned.children.append(try add(field.type, name: field.name, below: number))
      }
    default: break
    }
    return planned
  }

  /// Each row's text as a code into the chunk: what stands between the texts is entries of no use.
  private func lineTexts(_ bytes: [UInt8], count: Int) -> Column {
    let bounds: [Int32] = copied(medallion_json_lines_text_bounds(lines), 2 * count + 1)
    let codes = fillRows(count) { 2 * Int32($0) + 1 }
    let texts = ByteDictionary(ByteRuns(offsets: bounds, bytes: bytes), isOfOneBatch: true)
    return Column(.string, count: count, .dictionary(codes: codes, dictionary: texts))
  }

  private func column(_ plan: Planned, count: Int) -> Column {
    let native = medallion_json_lines_column(lines, plan.number)
    var validity: Bitmap?
    if native.null_count > 0 {
      let words = UnsafeBufferPointer(start: native.validity, count: (count + 63) / 64)
      validity = Bitmap(words: Array(words), count: count)
    }
    return Column(plan.type, count: count, validity: validity, values(plan, native, count))
  }

  private func values(
    _ plan: Planned, _ native: medallion_json_column, _ count: Int
  ) -> Column.Values {
    switch plan.type.layout {
    case .boolean: return .boolean(copied(native.values, count))
    case .int32: return .int32(copied(native.values, count))
    case .int64: return .int64(copied(native.values, count))
    case .int128: return .int128(copied(native.values, count))
    case .double: return .double(copied(native.values, count))
    case .bytes:
      if native.is_coded {
        return .dictionary(
          codes: copied(native.values, count), dictionary: texts.dictionary(of: plan.number, native)
        )
      }
      return .bytes(
        ByteRuns(
          offsets: copied(native.offsets, count + 1),
          bytes: copied(native.values, native.value_byte_count)))
    case .list:
      let offsets: [Int32] = copied(native.offsets, count + 1)
      let elementCount = Int(offsets[count])
      guard case .map = plan.type else {
        return .list(
          offsets: offsets, elements: column(plan.children[0], count: elementCount))
      }
      let entries = plan.children.map { column($0, count: elementCount) }
      return .list(
        offsets: offsets,
        elements: Column(plan.type.elementType, count: elementCount, .structure(entries)))
    case .structure: return .structure(plan.children.map { column($0, count: count) })
    }
  }

  private func check(_ status: medallion_json_status) throws(Fault) {
    guard status == MEDALLION_JSON_OK else { throw outOfMemory() }
  }
}

/// The column of the lines' text, which the C side keeps no copy of.
private let textColumn: Int32 = -1
private let lineNumberColumn = Int32(MEDALLION_JSON_LINE_NUMBER_COLUMN)
private let corruptTextColumn = Int32(MEDALLION_JSON_CORRUPT_TEXT_COLUMN)

private func outOfMemory() -> Fault { .outOfMemory("lines of JSON") }

/// The text rules of Core, for the C side.
private let jsonConversions = medallion_json_conversions(
  date: { bytes, count, day in
    guard let value = CivilDate(parsing: TextBytes(start: bytes, count: count)) else {
      return false
    }
    day?.pointee = value.dayNumber
    return true
  },
  timestamp: { bytes, count, microseconds in
    guard let value = Timestamp(parsing: TextBytes(start: bytes, count: count)) else {
      return false
    }
    microseconds?.pointee = value.microseconds
    return true
  },
  decimal: { bytes, count, precision, scale, value in
    let text = TextBytes(start: bytes, count: count)
    guard let number = Decimal(parsing: text, precision: Int(precision), scale: Int(scale)) else {
      return false
    }
    value?.storeBytes(of: number.unscaled, as: Int128.self)
    return true
  },
  number: { bytes, count, value in
    guard let number = Double(parsing: TextBytes(start: bytes, count: count)) else {
      return false
    }
    value?.pointee = number
    return true
  },
  likeness: nameLikeness)

extension DataType {
  fileprivate var jsonKind: medallion_json_column_kind {
    switch self {
    case .boolean: MEDALLION_JSON_COLUMN_BOOLEAN
    case .tinyint, .smallint, .int: MEDALLION_JSON_COLUMN_INT32
    case .bigint: MEDALLION_JSON_COLUMN_INT64
    case .float: MEDALLION_JSON_COLUMN_FLOAT
    case .double: MEDALLION_JSON_COLUMN_DOUBLE
    case .decimal(let precision, _):
      precision <= 18 ? MEDALLION_JSON_COLUMN_DECIMAL64 : MEDALLION_JSON_COLUMN_DECIMAL128
    case .string: MEDALLION_JSON_COLUMN_STRING
    case .binary: MEDALLION_JSON_COLUMN_BINARY
    case .date: MEDALLION_JSON_COLUMN_DATE
    case .timestamp: MEDALLION_JSON_COLUMN_TIMESTAMP
    case .array: MEDALLION_JSON_COLUMN_ARRAY
    case .structure: MEDALLION_JSON_COLUMN_STRUCTURE
    case .map: MEDALLION_JSON_COLUMN_MAP
    case .null: MEDALLION_JSON_COLUMN_VOID
    }
  }
}
