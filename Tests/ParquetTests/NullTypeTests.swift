import Columnar
import Core
import Parquet
import TestSupport
import Testing

/// A column without a type, which pandas writes where it saw no value.
@Suite struct NullTypeTests {
  /// A file of columns `sku STRING` and `note` of null type, two rows, as pyarrow writes it.
  private static let file = """
    5041523115041518151c4c150415001200000c2c0200000050310200000050321500151215162c1504151015\
    0615061c36002802503218025031111100000009200200000004010103021504150015024c15001500120000\
    001500150e15122c15041510150615061c0000000718020000000400001504193c35001806736368656d6115\
    0400150c25021803736b7525004c1c0000001502250218046e6f74656cbc0000001604191c192c26001c150c\
    1935000610191803736b7515021604168401168c01264026081c36002802503218025031111100192c150415\
    00150200150015101502003c160819061926000400000026001c150219350006101918046e6f746515021604\
    1650165626b201269401292c15041500150200150015101502003c29061926040000000016d4011604260816\
    e20100191c180c4152524f573a736368656d6118d8012f2f2f2f2f35674141414151414141414141414b4141\
    7741426741464141674143674141414141424241414d41414141434141494141414142414149414141414241\
    414141414941414142414141414142414141414e6a2f2f2f3841414145424541414141426741414141454141\
    41414141414141415141414142756233526c41414141414d7a2f2f2f38514142514143414147414163414441\
    4141414241414541414141414141415155514141414147414141414151414141414141414141417741414148\
    4e7264514145414151414241414141413d3d001820706172717565742d6370702d6172726f77207665727369\
    6f6e2032362e302e31192c1c00001c000000d901000050415231
    """

  private var content: [UInt8] { bytes(ofHex: Self.file) ?? [] }

  @Test func `it is read as NULLs, and suits any type`() throws {
    let reader = try FileReader(MemoryFile(content), at: Place("null.parquet"))
    #expect(reader.schema.fields.map(\.type) == [.string, .null])
    #expect(reader.hasOnlyNulls(at: 1) && !reader.hasOnlyNulls(at: 0))
    let batch = try rows(of: content)
    #expect(batch.rowCount > 0 && batch.columns[1].nullCount == batch.rowCount)
    for type in [DataType.string, .decimal(precision: 20, scale: 2), .timestamp, .boolean] {
      let column = try batch.columns[1].cast(to: type, isTry: false)
      #expect(column.type == type && column.nullCount == batch.rowCount)
    }
  }

  @Test func `statistics tell of a column of another type that holds only NULLs`() throws {
    let schema = Schema([Field("a", .double), Field("b", .double)])
    let values: [Column] = [
      .nulls(.double, count: 2), Column(.double, count: 2, .double([1, 2])),
    ]
    let file = try written(schema, [Batch(schema, values, rowCount: 2)])
    let reader = try FileReader(MemoryFile(file.bytes), at: Place("x.parquet"))
    #expect(reader.hasOnlyNulls(at: 0) && !reader.hasOnlyNulls(at: 1))
  }
}
