import Columnar
import Core
import Compression
import Engine
import Governance
import TextFormats
enum ColumnEdges { static func edges(of: LogicalPlan, to: LakeTableName, columns: Schema) -> [ColumnEdge] { [] } }
extension CSVReader { static func headerSchema(of: DecompressingReader, at: Place) throws -> Schema { Schema([]) } }
enum JSONSchemaInference { static func schema(of: DecompressingReader, at: Place) throws -> Schema { Schema([]) } }
