import Core
import Extraction
import Ingest
import LakeJobs
import TestSupport

extension Target {
  /// Events of strangers, from the line to the texts of their columns; nothing is written.
  static let debeziumEvents = Target(
    name: "debezium-events", meaning: "change events of Debezium, as they are and in records",
    corpus: [.own("debezium", separator: "\n"), .shared("conformance/debezium-events")],
    words: jsonWords + [
      "\"op\":\"c\"", "\"op\":\"d\"", "\"op\":\"t\"", "\"before\":", "\"after\":{", "\"source\":{",
      "\"schema\":", "\"payload\":", "\"table\":\"items\"", "\"id\":1", "\"at\":", "\"price\":",
      "\"span\":", "\"__deleted\":\"true\"", "io.debezium.time.MicroTimestamp",
      "9223372036854775807",
      "org.apache.kafka.connect.data.Decimal", "io.debezium.data.Bits", "2026-03-01T08:30:00Z",
    ],
    grammar: JSONGrammar.lines
  ) { input in
    let jobs = try eventJobs()
    let extraction = try EventExtraction(
      of: jobs.sources().systems, jobs, tool: nil, consumer: "fuzz", acceptedDeletes: nil
    ) { _ in }
    var count = 0
    var failure: (any Error)?
    try extraction.take(EventSegments.Segment(bytes: input, linesBefore: 0), of: "input") {
      count += $0.changeCount + $0.rejectedCount + $0.repeatedCount
    } fail: {
      failure = $0
    }
    if let failure { throw failure }
    guard count <= input.count else { throw Disagreement("there are more events than bytes") }
  }

  /// A table with a column of each kind that a name alone decides.
  private static func eventJobs() throws -> Workspace {
    try Workspace(
      lake: Lake(
        root: "lake", fileSystem: eventFiles, clock: Clock(now: Timestamp(microseconds: 0)),
        runID: RunID(naming: "fuzz")), jobsFolder: "jobs")
  }

  private static let eventFiles = MemoryFolder(
    [
      "jobs/spark-pipeline.yml": Array(
        "name: fuzz\nlibraries: [{glob: {include: silver/**}}]\n".utf8),
      "jobs/setup.sql": Array(
        "CREATE TABLE bronze.items (id STRING) USING parquet LOCATION 'shop/items';\n".utf8),
      "jobs/sources.yml": Array(
        """
        systems:
          shop:
            kind: debezium
            location: shop
            tables:
              items:
                keys: [id]
                types:
                  at: io.debezium.time.MicroTimestamp
                  day: io.debezium.time.Date
                  zoned: io.debezium.time.ZonedTimestamp
                  clock: io.debezium.time.ZonedTime
                  span: io.debezium.time.Interval
                  price: org.apache.kafka.connect.data.Decimal(2)
                  free: io.debezium.data.VariableScaleDecimal
                  bits: io.debezium.data.Bits(5)
                  photo: base64
        """.utf8),
    ], dataFile: [])
}
