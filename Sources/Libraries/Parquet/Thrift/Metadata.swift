/// The values of `parquet.thrift`, as far as this library uses them.

/// How a leaf's values are stored.
enum PhysicalType: Int32, Sendable {
  case boolean = 0
  case int32 = 1
  case int64 = 2
  case int96 = 3
  case float = 4
  case double = 5
  case byteArray = 6
  case fixedLengthByteArray = 7
}

/// How often a schema element occurs in its parent.
enum Repetition: Int32, Sendable {
  case required = 0
  case optional = 1
  case repeated = 2
}

/// The older annotations of a schema element.
enum ConvertedType: Int32, Sendable {
  case utf8 = 0
  case map = 1
  case mapKeyValue = 2
  case list = 3
  case `enum` = 4
  case decimal = 5
  case date = 6
  case timeMillis = 7
  case timeMicros = 8
  case timestampMillis = 9
  case timestampMicros = 10
  case uint8 = 11
  case uint16 = 12
  case uint32 = 13
  case uint64 = 14
  case int8 = 15
  case int16 = 16
  case int32 = 17
  case int64 = 18
  case json = 19
  case bson = 20
  case interval = 21
}

/// The digits of a second that a time or timestamp counts.
enum TimeUnit: Int, Sendable {
  case millis = 1
  case micros = 2
  case nanos = 3
}

/// The newer annotations of a schema element.
enum LogicalType: Hashable, Sendable {
  case string
  case map
  case list
  case `enum`
  case decimal(scale: Int, precision: Int)
  case date
  case time(TimeUnit)
  case timestamp(TimeUnit, isUTC: Bool)
  case integer(bitWidth: Int, isSigned: Bool)
  case unknown
  case json
  case bson
  case uuid
  case float16
  /// One this library does not know: the physical type is what is read.
  case other(Int)
}

/// One node of the schema, in the footer's depth-first list.
struct SchemaElement: Sendable {
  var name = ""
  var physical: PhysicalType?
  var typeLength = 0
  var repetition: Repetition?
  var childCount = 0
  var converted: ConvertedType?
  var logical: LogicalType?
  var scale = 0
  var precision = 0
  /// The number by which a table's schema may find the column, whatever it is called.
  var fieldID: Int?
  /// Which calendar the file counts days in; not of the element, but of the file it stands in.
  var calendar = OldCalendar([])
}

/// How a page's values are encoded.
enum Encoding: Int32, Sendable {
  case plain = 0
  case plainDictionary = 2
  case runLength = 3
  case bitPacked = 4
  case deltaBinaryPacked = 5
  case deltaLengthByteArray = 6
  case deltaByteArray = 7
  case runLengthDictionary = 8
  case byteStreamSplit = 9
}

/// Bounds of a chunk's values, in the plain encoding without a length.
struct ChunkBounds: Sendable {
  var nullCount: Int64?
  var minimum: [UInt8]?
  var maximum: [UInt8]?
  var isMinimumExact: Bool?
  var isMaximumExact: Bool?
  /// The older pair, ordered by signed bytes: right for numbers only.
  var oldMinimum: [UInt8]?
  var oldMaximum: [UInt8]?
}

/// One column of one row group.
struct ChunkMetadata: Sendable {
  var physical: PhysicalType?
  var encodings: [Int32] = []
  var path: [String] = []
  var codec: Int32 = 0
  var valueCount = 0
  var uncompressedByteCount = 0
  var compressedByteCount = 0
  var dataPageOffset = 0
  var dictionaryPageOffset: Int?
  var bounds: ChunkBounds?
  /// Set when the chunk stands in another file.
  var filePath: String?
  var isEncrypted = false
}

/// One row group.
struct RowGroupMetadata: Sendable {
  var chunks: [ChunkMetadata] = []
  var byteCount = 0
  var rowCount = 0
  var fileOffset: Int?
  var compressedByteCount: Int?
}

/// The footer.
struct FileMetadata: Sendable {
  var version: Int32 = 1
  var schema: [SchemaElement] = []
  var rowCount = 0
  var rowGroups: [RowGroupMetadata] = []
  var keyValues: [(key: String, value: String)] = []
  var createdBy: String?
  var isEncrypted = false
}

/// What stands before a page.
struct PageHeader: Sendable {
  enum Kind: Int32, Sendable {
    case data = 0
    case index = 1
    case dictionary = 2
    case dataV2 = 3
  }

  var kind: Kind?
  var uncompressedByteCount = 0
  var compressedByteCount = 0
  var checksum: UInt32?
  var valueCount = 0
  var encoding: Int32 = 0
  var definitionEncoding: Int32 = 3
  var repetitionEncoding: Int32 = 3
  /// Version 2 only.
  var definitionByteCount = 0
  var repetitionByteCount = 0
  var isCompressed = true
}
