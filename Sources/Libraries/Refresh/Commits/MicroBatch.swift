import Bronze
import Columnar
import Core
import Delta
import Engine
import LakeJobs

/// What is new in the bronze tables that a flow streams, and where the flow will stand after it.
struct MicroBatch {
  /// About how many bronze rows one commit takes into a table that has rows already, so that what
  /// must be merged does not grow with the backlog.
  static let rowLimit = 2_000_000

  let tables: [BronzeTable]
  /// Which part of the streams it is.
  let step: StreamStep
  private let applications: [String]
  private let positions: [Int64]

  /// The files of `streams` that `flow` is to bring into `table` by `step`: since the positions
  /// that `target` recorded, where it does not begin anew.
  init(
    _ step: StreamStep, _ streams: [BronzeContract], of flow: String, into table: LakeTableName,
    since target: TableSummary?, lake: Lake
  ) throws {
    try self.init(step, streams, of: flow, into: table, since: target, until: nil, lake: lake)
  }

  /// All that `flow` had brought into `table`, as it stands as `target`, when it had come up to
  /// this micro-batch; of its replays with `isReplay`, else of what it read for the first time.
  func past(
    _ streams: [BronzeContract], of flow: String, into table: LakeTableName,
    standing target: TableSummary?, isReplay: Bool, lake: Lake
  ) throws -> MicroBatch {
    // What a table that is made anew had before is none of its past.
    let target = step.replacesTable ? nil : target
    return try MicroBatch(
      isReplay ? .replayAll : .rebuild, streams, of: flow, into: table, since: target,
      until: { application in
        if let own = applications.firstIndex(of: application) { return positions[own] }
        return target?.transactionVersion(application) ?? 0
      }, lake: lake)
  }

  private init(
    _ step: StreamStep, _ streams: [BronzeContract], of flow: String, into table: LakeTableName,
    since target: TableSummary?, until end: ((String) -> Int64)?, lake: Lake
  ) throws {
    var tables: [BronzeTable] = []
    var applications: [String] = []
    var positions: [Int64] = []
    for contract in streams {
      let application = "\(step.isReplay ? "replay" : "flow"):\(table):\(flow):\(contract.name)"
      let position = step.isFromStart ? 0 : target?.transactionVersion(application) ?? 0
      if step.isReplay {
        tables.append(
          try BronzeTable(
            replaying: contract, by: flow, into: table, lake: lake, from: position,
            until: end?(application) ?? .max))
      } else {
        tables.append(
          try BronzeTable(
            contract, lake: lake, from: position, until: end?(application) ?? .max,
            rowLimit: step.isFromStart || target == nil ? nil : Self.rowLimit))
      }
      let bookmark = Bookmark(
        reader: table, log: step.isReplay ? "the log of replays" : "\(contract.name)",
        folder: step.isReplay ? ReplayLog(of: table, lake).log.folder : contract.folder,
        position: position,
        mark: LogMark(
          recorded: target?.transactionVersion(LogMark.application(application)), at: position))
      let identity = tables.last?.startIdentity
      if position > 0, identity == nil { throw bookmark.wentBack() }
      try bookmark.check(identity)
      applications.append(application)
      positions.append(position)
    }
    self.tables = tables
    self.step = step
    self.applications = applications
    self.positions = positions
  }

  /// About how many bronze rows there are.
  var estimatedRowCount: Int { tables.reduce(0) { $0 + ($1.estimatedRowCount ?? 0) } }

  /// Whether all rows come from one table, of whose changes a number tells the order.
  var hasOneStream: Bool { tables.count == 1 }

  /// Whether no stream has anything new.
  var isEmpty: Bool { tables.allSatisfy { $0.files.isEmpty } }

  /// Whether its rows come from one table, of whose files several plans may read each slice.
  var canBeSliced: Bool { tables.count == 1 && tables[0].canBeSliced && !isEmpty }

  /// Whether it takes the very files that `other` takes, of one table, and nothing else.
  func takes(filesOf other: MicroBatch) -> Bool {
    guard canBeSliced, other.canBeSliced else { return false }
    return tables[0].hasFiles(of: other.tables[0])
  }

  /// The position of each stream that moved on, by application.
  var transactions: [(application: String, version: Int64)] {
    var moved: [(application: String, version: Int64)] = []
    for (index, table) in tables.enumerated() where table.endPosition > positions[index] {
      moved.append((applications[index], table.endPosition))
    }
    return moved
  }

  /// What is new where, for who follows the run.
  var words: String {
    zip(tables, positions).map { table, position in
      if table.files.isEmpty {
        return "\(table.contract.name) has nothing new since position \(position)"
      }
      let rowCount = table.estimatedRowCount ?? 0
      return "\(table.contract.name) from position \(position) to \(table.endPosition), "
        + "\(counted(table.files.count, "file")) of \(counted(rowCount, "row"))"
    }.joined(separator: ", ")
  }

  /// Records with a transaction of the table that the streams were consumed up to here. One that
  /// replaces all rows holds none of what was consumed otherwise: that begins anew.
  func mark(_ transaction: inout Transaction) {
    let recorded = (transaction.snapshot?.transactions ?? [:]).mapValues(\.version)
    if step.replacesTable {
      let own = Set(applications)
      for application in recorded.keys.sorted()
      where Self.isOurs(application) && !own.contains(application) {
        transaction.restartTransaction(application)
      }
      transaction.setTransaction(
        QuarantineStamp.refresh,
        version: QuarantineStamp.refreshCount(of: transaction.snapshot?.summary, after: step))
    }
    for (application, version) in transactions where version > recorded[application] ?? -1 {
      transaction.setTransaction(application, version: version)
    }
    for (application, table) in zip(applications, tables) {
      // What is made anew stands where its log ends now, also if that has gone back.
      if step.replacesTable, recorded[application] ?? 0 > table.endPosition {
        transaction.resetTransaction(application, to: table.endPosition)
      }
      guard let identity = table.endIdentity else { continue }
      let mark = LogMark(identity).recorded(at: table.endPosition)
      let name = LogMark.application(application)
      if recorded[name] != mark { transaction.resetTransaction(name, to: mark) }
    }
  }

  private static func isOurs(_ application: String) -> Bool {
    application.hasPrefix("flow:") || application.hasPrefix("replay:")
  }

  /// Whether `snapshot` has recorded this micro-batch already.
  func isApplied(to snapshot: Snapshot?) -> Bool {
    !transactions.isEmpty
      && transactions.allSatisfy { application, version in
        (snapshot?.transactionVersion(application) ?? -1) >= version
      }
  }
}
