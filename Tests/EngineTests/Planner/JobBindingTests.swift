import Columnar
import Core
import Engine
import TestSupport
import Testing

/// The job files of the retail sample, bound as a whole: a dataset's columns are its query's.
@Suite struct JobBindingTests {
  @Test func `every query and flow of the jobs binds, and keeps its columns`() throws {
    let jobs = try JobCatalog()
    #expect(!jobs.queries.isEmpty)
    for name in jobs.queries.keys.sorted() {
      let plan = try #require(try jobs.plan(of: name), "\(name) has no rows")
      let optimized = Optimizer(clock: Planning.clock).optimize(plan)
      #expect(optimized.schema.names == plan.schema.names, "\(name)")
      #expect(plan.nondeterminism == nil, "\(name)")
    }
  }

  @Test func `rules of the jobs bind over the rows they judge`() throws {
    let jobs = try JobCatalog()
    var count = 0
    for (name, dataset) in jobs.datasets {
      let schema = try #require(try jobs.plan(of: name)).schema
      for property in dataset.properties where property.key.hasPrefix("expect.") {
        let words = property.value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let parts = words.split(separator: " ON VIOLATION ")
        let rule = try SQLScript.parseExpression(
          text: String(parts[0]), file: property.valuePlace.file, origin: property.valuePlace)
        let binder = Binder(catalog: jobs, clock: Planning.clock, views: jobs.views)
        #expect(try binder.bindCondition(rule, over: schema).type == .boolean)
        count += 1
      }
    }
    #expect(count > 0)
  }

  @Test func `a day of sales is traced through gold to silver`() throws {
    let jobs = try JobCatalog()
    guard let plan = try jobs.plan(of: "gold.daily_store_sales") else { return }
    let days = PartitionAnalysis(of: plan, column: 0)
    #expect(days.alignedColumn(of: "gold.sales") == "business_date")
    let sales = try #require(try jobs.plan(of: "gold.sales"))
    let day = try #require(sales.schema.index(of: "business_date"))
    let analysis = PartitionAnalysis(of: sales, column: day)
    #expect(analysis.alignedColumn(of: "silver.sales_lines") == "business_date")
    #expect(analysis.alignedColumn(of: "silver.products") == nil)
  }

  @Test func `what a change of any input can touch in the sales is told by days`() throws {
    let sales = try #require(try JobCatalog().plan(of: "gold.sales"))
    let plan = Optimizer(clock: Planning.clock).optimize(sales)
    let day = try #require(plan.schema.index(of: "business_date"))
    for (number, scan) in plan.scans.enumerated() {
      let query = AffectedValues(changed: .scan(scan)).query(plan, [day], scan: number)
      #expect(query?.schema.fields.map(\.type) == [.date], "\(scan.table.name)")
    }
  }

  @Test func `the day of a snapshot is known before its rows are`() throws {
    let plan = try #require(try JobCatalog().plan(of: "warehouse.fact_inventory"))
    let folded = ConstantFolding(clock: Planning.clock).apply(plan)
    func constant(_ column: String) throws -> Scalar? {
      folded.constant(at: try #require(plan.schema.index(of: column)))
    }
    #expect(try constant("business_date") == .date(Planning.clock.now.date))
    #expect(try constant("sku") == nil)
  }

  @Test func `a row of the web shop is made of its order, and of no line of a till`() throws {
    let plan = try #require(try JobCatalog().plan(of: "gold.sales"))
    let asked = try ["channel": "online", "transaction_id": "o1"].map { name, value in
      let position = try #require(plan.schema.index(of: name))
      let literal = Expression(.literal(.string(value)), .string, isNullable: false)
      return Expression(
        .isIn(Expression(column: position, plan.schema.fields[position]), [literal]), .boolean)
    }
    func reach(_ table: String) throws -> RowReach? {
      let scan = try #require(plan.scans.firstIndex { $0.table.name == table })
      return RowReach(behind: plan, asked, scan: scan, clock: Planning.clock)
    }
    #expect(try reach("silver.sales_lines") == nil)
    #expect(try reach("silver.voids") == nil)
    let order = try #require(try reach("silver.orders"))
    #expect(order.isTold)
    let scan = try #require(plan.scans.first { $0.table.name == "silver.orders" })
    let texts = order.conditions.map { $0.text(over: scan.columns.map(\.name)) }
    #expect(texts.contains("order_id in ('o1')"), "\(texts)")
    let line = try #require(try reach("silver.order_lines"))
    #expect(line.isTold && !line.isExact)
  }
}

/// A catalog made of the job files: a table is what its statement says.
final class JobCatalog: Catalog {
  var queries: [String: QuerySyntax] = [:]
  var flows: [String: ChangeFlowSyntax] = [:]
  var datasets: [String: DatasetSyntax] = [:]
  var views: [ViewSyntax] = []
  private var contracts: [String: Schema] = [:]
  private var known: [String: LogicalPlan] = [:]

  init() throws {
    for path in JobFiles.all {
      let text = String(decoding: try LocalFileSystem().read(path), as: UTF8.self)
      for statement in try SQLScript.parse(text: text, file: path) { add(statement) }
    }
  }

  private func add(_ statement: Statement) {
    switch statement.kind {
    case .streamingTable(let dataset), .materializedView(let dataset):
      datasets[dataset.name.description] = dataset
      queries[dataset.name.description] = dataset.query
      flows[dataset.name.description] = dataset.changeFlow
    case .flow(let flow):
      switch flow.body {
      case .append(let query): queries[flow.target.description] = query
      case .autoCDC(let change): flows[flow.target.description] = change
      }
    case .temporaryView(let view): views.append(view)
    case .table(let table):
      contracts[table.name.description] = Schema(table.columns.map(\.field))
    case .query, .explain, .listing, .schema, .repairTable: break
    }
  }

  /// The rows of a dataset; of an AUTO CDC target, those of its source.
  func plan(of name: String) throws -> LogicalPlan? {
    if let plan = known[name] { return plan }
    let binder = Binder(catalog: self, clock: Planning.clock, views: views)
    var plan: LogicalPlan?
    if let query = queries[name] { plan = try binder.bind(query) }
    if let flow = flows[name] { plan = try binder.bind(flow.source) }
    known[name] = plan
    return plan
  }

  func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    let name = name.description
    if let schema = contracts[name] { return EmptyTable(name: name, schema: schema) }
    guard let plan = try plan(of: name) else { return nil }
    var fields = plan.schema.fields
    if let flow = flows[name] {
      if case .except(let names) = flow.columns { fields.removeAll { names.contains($0.name) } }
      if flow.historyType == 2 {
        let binder = Binder(catalog: self, clock: Planning.clock, views: views)
        let type = try binder.bindExpression(flow.sequence, over: plan.schema).type
        fields += [Field("__START_AT", type), Field("__END_AT", type)]
      }
    }
    return EmptyTable(name: name, schema: Schema(fields))
  }

  var tableNames: [String] { (Array(contracts.keys) + Array(datasets.keys)).sorted() }
}
