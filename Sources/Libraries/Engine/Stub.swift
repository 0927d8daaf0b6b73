package import Columnar
package import Core
package struct Optimizer { package init(clock: Clock) {}; package func optimize(_ plan: LogicalPlan) throws -> LogicalPlan { plan } }
package struct PartitionAnalysis { package init(of: LogicalPlan, column: Int) {}; package func alignedColumn(of: String) -> String? { nil } }
extension LogicalPlan {
  package func carrying(hidden: [Field]) -> (plan: LogicalPlan, positions: [Int])? { nil }
  package func restricted(toColumn: Int, in: [Scalar]) -> LogicalPlan { self }
}
extension QuerySyntax { package var readTables: [TableName] { [] } }
extension RelationSyntax { package var readTables: [TableName] { [] } }
