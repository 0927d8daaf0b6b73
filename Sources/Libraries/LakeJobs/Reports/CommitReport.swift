package import Columnar
package import Core
import Engine
package import Governance

/// What one commit of a run did: enough to tell the world (OpenLineage) and the next tool.
package struct CommitReport: Sendable {
  /// How rows fared under a rule.
  package struct RuleResult: Sendable {
    package var expectation: Expectation
    package var brokenCount: Int

    package init(expectation: Expectation, brokenCount: Int) {
      self.expectation = expectation
      self.brokenCount = brokenCount
    }
  }

  package var table: LakeTableName
  /// What did it: `silver.sales_lines`, or the tool for a bronze table.
  package var job: String
  package var version: String
  package var schema: Schema
  package var fileFormat: String
  package var change: ChangeFacet
  /// Rows and bytes that were written.
  package var written: DataSize
  /// The datasets read, each with the version or position read.
  package var inputs: [Input]
  package var columns: [ColumnEdge]
  package var rules: [RuleResult]
  /// How many rows were set aside by each rule, those that stand in no job file among them.
  package var setAside: [String: Int]
  /// What the events tell of the tills that sent them.
  package var clockSkew: ClockSkewFacet?
  package var sequenceGaps: SequenceGapsFacet?
  package var sql: String?
  package var comment: String?
  /// What people should know, though all is well.
  package var notes: [String] = []

  /// A dataset that was read.
  package struct Input: Sendable {
    package var name: DatasetName
    package var version: String?
    package var rowCount: Int?
    /// Sums of columns that were compared with what its sender told.
    package var sums: [String: Decimal]
    /// How its fields differed from those declared, in words.
    package var drift: [String]

    package init(
      _ name: DatasetName, version: String? = nil, rowCount: Int? = nil,
      sums: [String: Decimal] = [:], drift: [String] = []
    ) {
      self.name = name
      self.version = version
      self.rowCount = rowCount
      self.sums = sums
      self.drift = drift
    }
  }

  package init(
    table: LakeTableName, job: String, version: String, schema: Schema, fileFormat: String,
    change: ChangeFacet = ChangeFacet(), written: DataSize = DataSize(), inputs: [Input] = [],
    columns: [ColumnEdge] = [], rules: [RuleResult] = [], setAside: [String: Int] = [:],
    sql: String? = nil, comment: String? = nil
  ) {
    self.setAside = setAside
    self.table = table
    self.job = job
    self.version = version
    self.schema = schema
    self.fileFormat = fileFormat
    self.change = change
    self.written = written
    self.inputs = inputs
    self.columns = columns
    self.rules = rules
    self.sql = sql
    self.comment = comment
  }
}

/// Tells of commits: into the lake's event log, and as the line that the next tool reads.
///
/// No event tells of a commit that is not durable. The other way round a run that dies right after
/// a commit leaves it untold for good: no later run knows of it. The log is a record for people; a
/// tool works from what the tables themselves say. One that was to be given the event and acts on
/// those tables alone that events name (`-`) finds what it missed when the next event names them,
/// or when it runs without `-`.
package struct RunRecorder: Sendable {
  private let lake: Lake
  private let tool: String

  package init(lake: Lake, tool: String) {
    self.lake = lake
    self.tool = tool
  }

  /// Logs the run event of a commit that is durable, and gives it back.
  package func record(_ report: CommitReport) throws(Fault) -> RunEvent {
    let event = event(of: report)
    try EventLog(lake: lake.root, files: lake.fileSystem).append([event])
    return event
  }

  private func event(of report: CommitReport) -> RunEvent {
    let engine = ProcessingEngineFacet("medallion \(tool)", version: Medallion.version)
    var run = Run(
      lake.runID,
      Facets().adding(NominalTimeFacet(start: lake.clock.now)).adding(engine))
    if let parent = lake.parentRun { run.facets.set(parent) }
    var jobFacets = Facets().adding(JobTypeFacet("JOB"))
    if let sql = report.sql { jobFacets.set(SQLFacet(sql)) }
    return RunEvent(
      .complete, at: lake.clock.now, run: run,
      job: Job(report.job, in: DatasetName.tables, jobFacets),
      inputs: report.inputs.map(input), outputs: [output(report)])
  }

  private func input(_ input: CommitReport.Input) -> LineageDataset {
    var facets = Facets()
    if let version = input.version { facets.set(VersionFacet(version)) }
    var facts = Facets()
    if let rowCount = input.rowCount {
      facts.set(InputStatisticsFacet(DataSize(rowCount: rowCount)))
    }
    if !input.sums.isEmpty {
      facts.set(
        DataQualityMetricsFacet(
          rowCount: input.rowCount,
          columns: input.sums.sorted { $0.key < $1.key }.map { .init($0.key, sum: $0.value) }))
    }
    if !input.drift.isEmpty { facts.set(SchemaDriftFacet(input.drift)) }
    return LineageDataset(input.name, facets, facts: facts)
  }

  private func output(_ report: CommitReport) -> LineageDataset {
    let name = DatasetName("\(report.table)")
    let fields = report.schema.fields.map { SchemaFacet.Field($0.name, $0.type.sql) }
    var facets = Facets().adding(SchemaFacet(fields)).adding(VersionFacet(report.version))
      .adding(StorageFacet(report.table.schema, fileFormat: report.fileFormat))
    if !report.columns.isEmpty { facets.set(ColumnLineageFacet(of: name, report.columns)) }
    if let comment = report.comment { facets.set(DocumentationFacet(comment)) }
    if !report.rules.isEmpty {
      facets.set(DataQualityAssertionsFacet(report.rules.map(assertion)))
    }
    var facts = Facets().adding(OutputStatisticsFacet(report.written)).adding(report.change)
    if let skew = report.clockSkew { facts.set(skew) }
    if let gaps = report.sequenceGaps { facts.set(gaps) }
    return LineageDataset(name, facets, facts: facts)
  }

  private func assertion(
    _ result: CommitReport.RuleResult
  ) -> DataQualityAssertionsFacet.Assertion {
    let rule = result.expectation
    return .init(
      rule.name, rule.condition, holds: result.brokenCount == 0,
      severity: rule.violation == .warn ? "warn" : "error", violationCount: result.brokenCount)
  }
}

extension RunEvent {
  /// The tables of the lake that the run wrote.
  package var tables: [LakeTableName] {
    outputs.filter { $0.name.namespace == DatasetName.tables }
      .compactMap { LakeTableName($0.name.name) }
  }
}
