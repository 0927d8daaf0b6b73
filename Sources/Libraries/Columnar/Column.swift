/// A run of values of one type. Immutable: columns are shared between batches and threads uncopied.
///
/// `validity` has a set bit for each value that is there; nil means that none is NULL. Values under
/// a NULL are zero, empty, or anything: never read them.
package struct Column: Sendable {
  package let type: DataType
  package let count: Int
  package let validity: Bitmap?
  package let values: Values

  /// The values in the layout of the type (`DataType.layout`).
  package indirect enum Values: Sendable {
    case boolean([Bool])
    case int32([Int32])
    case int64([Int64])
    case int128([Int128])
    case double([Double])
    case bytes(ByteRuns)
    /// Strings or binaries by code: value `i` is `dictionary.values` at `codes[i]`. The dictionary
    /// has layout bytes, no NULL, and may be shared by many columns; entries may repeat or be
    /// unused.
    case dictionary(codes: [Int32], dictionary: ByteDictionary)
    /// Value `i` is `elements[offsets[i]..<offsets[i + 1]]`; one offset more than values.
    case list(offsets: [Int32], elements: Column)
    /// One column a member, each as long as this one.
    case structure([Column])
  }

  package init(_ type: DataType, count: Int, validity: Bitmap? = nil, _ values: Values) {
    self.type = type
    self.count = count
    self.validity = validity
    self.values = values
  }

  /// Whether any value is NULL.
  package var hasNulls: Bool { validity.map { !$0.isAllSet } ?? false }

  package var nullCount: Int { validity.map { count - $0.setCount } ?? 0 }

  /// Whether the value at `row` is NULL.
  @inlinable
  package func isNull(_ row: Int) -> Bool { validity.map { !$0[row] } ?? false }

  /// The same values under another type of the same layout.
  package func retyped(_ type: DataType) -> Column {
    precondition(
      type.layout == self.type.layout, "\(type.sql) lies otherwise than \(self.type.sql)")
    return Column(type, count: count, validity: validity, values)
  }
}

/// Byte strings end to end: value `i` is `bytes[offsets[i]..<offsets[i + 1]]`.
package struct ByteRuns: Sendable {
  /// One more than there are values; starts at 0 and never falls.
  package var offsets: [Int32]
  package var bytes: [UInt8]

  package init(offsets: [Int32] = [0], bytes: [UInt8] = []) {
    self.offsets = offsets
    self.bytes = bytes
  }

  @inlinable
  package var count: Int { offsets.count - 1 }

  @inlinable
  package subscript(row: Int) -> ArraySlice<UInt8> {
    bytes[Int(offsets[row])..<Int(offsets[row + 1])]
  }

  /// Appends one value.
  @inlinable
  package mutating func append(_ value: some Sequence<UInt8>) {
    bytes.append(contentsOf: value)
    offsets.append(Int32(bytes.count))
  }
}

/// The distinct values behind dictionary codes; compared by identity, never changed.
///
/// A reader's dictionary grows from batch to batch: each time a longer one is made, a stage of the
/// same growth. What is known of the shorter one's codes holds for the longer one too.
package final class ByteDictionary: Sendable {
  /// What the stages of one growing dictionary have in common.
  package final class Growth: Sendable {
    package init() {}
  }

  package let values: ByteRuns
  /// Whether only the columns of one batch have this dictionary, which goes when they go.
  package let isOfOneBatch: Bool
  private let growth: Growth?

  /// A dictionary of its own, or a stage of one: of two stages the shorter begins the longer.
  package init(_ values: ByteRuns, stageOf growth: Growth? = nil, isOfOneBatch: Bool = false) {
    self.values = values
    self.growth = growth
    self.isOfOneBatch = isOfOneBatch
  }

  /// The same for all stages of one dictionary.
  package var identity: ObjectIdentifier {
    growth.map { ObjectIdentifier($0) } ?? ObjectIdentifier(self)
  }

  /// Whether each code of this dictionary means the same in `other`.
  package func begins(_ other: ByteDictionary) -> Bool {
    identity == other.identity && values.count <= other.values.count
  }
}
