import Columnar
import Core

/// Writes columns as bytes, for the same process to read back:
///
///     a byte whether there are NULLs | validity words | values as they lie in memory
///
/// text: offsets, bytes | a dictionary: its number, codes | a list: offsets, element count,
/// elements | a structure: its members
struct BatchWriter {
  private(set) var bytes: [UInt8] = []
  /// Dictionaries that stay in memory and are referred to by number.
  private(set) var dictionaries: [ByteDictionary]

  init(_ dictionaries: [ByteDictionary]) { self.dictionaries = dictionaries }

  mutating func append(_ column: Column) throws(Fault) {
    append(flag: column.validity != nil)
    if let validity = column.validity { append(validity.words) }
    try appendValues(of: column)
  }

  private mutating func appendValues(of column: Column) throws(Fault) {
    switch column.values {
    case .boolean(let values): append(values)
    case .int32(let values): append(values)
    case .int64(let values): append(values)
    case .int128(let values): append(values)
    case .double(let values): append(values)
    case .bytes(let runs):
      append(flag: false)
      append([Int64(runs.bytes.count)])
      append(runs.offsets)
      append(runs.bytes)
    case .dictionary(let codes, let dictionary):
      guard let number = number(of: dictionary) else {
        let flat = Column(
          column.type, count: column.count, validity: column.validity, column.values
        )
        .flattened()
        // What is more text than a column holds stays a dictionary.
        guard case .bytes = flat.values else {
          throw dataFault(
            "a batch of rows that is set aside has more than 2 GiB of text in one column",
            remedy: "ask for less of each row")
        }
        // Which of them are NULL stands there already.
        return try appendValues(of: flat)
      }
      append(flag: true)
      append([Int64(number)])
      append(codes)
    case .list(let offsets, let elements):
      append([Int64(elements.count)])
      append(offsets)
      try append(elements)
    case .structure(let members): for member in members { try append(member) }
    }
  }

  /// The number of a small dictionary; nil for one that does not stay in memory.
  private mutating func number(of dictionary: ByteDictionary) -> Int? {
    if dictionary.isOfOneBatch { return nil }
    if let known = dictionaries.firstIndex(where: { $0.identity == dictionary.identity }) {
      // Of the stages of one dictionary the longest has the entries of all.
      if dictionaries[known].begins(dictionary) { dictionaries[known] = dictionary }
      return known
    }
    guard dictionary.values.bytes.count < 1 << 18, dictionaries.count < 64 else { return nil }
    dictionaries.append(dictionary)
    return dictionaries.count - 1
  }

  private mutating func append(flag: Bool) { bytes.append(flag ? 1 : 0) }

  private mutating func append<Value: BitwiseCopyable>(_ values: [Value]) {
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

/// Reads what `BatchWriter` wrote.
struct BatchReader {
  private let bytes: [UInt8]
  private let dictionaries: [ByteDictionary]
  private var position = 0

  init(_ bytes: [UInt8], _ dictionaries: [ByteDictionary]) {
    self.bytes = bytes
    self.dictionaries = dictionaries
  }

  mutating func column(_ type: DataType, count: Int) -> Column {
    let validity =
      flag()
      ? Bitmap(words: values((count + 63) / 64, 0 as UInt64), count: count) : nil
    return Column(type, count: count, validity: validity, columnValues(type, count))
  }

  private mutating func columnValues(_ type: DataType, _ count: Int) -> Column.Values {
    switch type.layout {
    case .boolean: return .boolean(values(count, false))
    case .int32: return .int32(values(count, 0))
    case .int64: return .int64(values(count, 0))
    case .int128: return .int128(values(count, 0))
    case .double: return .double(values(count, 0))
    case .bytes:
      let isDictionary = flag()
      let number = Int(values(1, 0 as Int64)[0])
      if isDictionary {
        return .dictionary(codes: values(count, 0), dictionary: dictionaries[number])
      }
      let offsets = values(count + 1, 0 as Int32)
      return .bytes(ByteRuns(offsets: offsets, bytes: values(number, 0)))
    case .list:
      let elementCount = Int(values(1, 0 as Int64)[0])
      let offsets = values(count + 1, 0 as Int32)
      return .list(
        offsets: offsets, elements: column(type.elementType, count: elementCount))
    case .structure:
      return .structure(type.fields.map { column($0.type, count: count) })
    }
  }

  private mutating func flag() -> Bool {
    position += 1
    return bytes[position - 1] == 1
  }

  private mutating func values<Value: BitwiseCopyable>(_ count: Int, _ zero: Value) -> [Value] {
    let byteCount = count * MemoryLayout<Value>.stride
    precondition(position + byteCount <= bytes.count, "a set-aside batch is as it was written")
    let start = position
    position += byteCount
    return [Value](unsafeUninitializedCapacity: count) { target, filled in
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(target).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[start..<start + byteCount]))
      }
      filled = count
    }
  }
}

extension Batch {
  /// Bytes in memory, about.
  var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }
}
