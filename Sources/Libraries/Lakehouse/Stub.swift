import Columnar
import Core
import Compression
import Engine
import Governance
enum ColumnEdges { static func edges(of: LogicalPlan, to: LakeTableName, columns: Schema) -> [ColumnEdge] { [] } }
struct CSVOptions { init(spark: [String: String]) throws {}; var rawColumn: String?; var lineNumberColumn: String? }
final class CSVReader: BatchSource { let schema: Schema; init(_ f: any ReadableFile, schema: Schema, columns: [String], options: CSVOptions, at: Place) throws { self.schema = schema }; func next() throws -> Batch? { nil }
 static func headerSchema(of: DecompressingReader, at: Place) throws -> Schema { Schema([]) } }
enum JSONSchemaInference { static func schema(of: DecompressingReader, at: Place) throws -> Schema { Schema([]) } }
