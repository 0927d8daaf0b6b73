package import ArgumentParser
package import Core

/// Where the lake and the job files are, and how much of the machine a run may take.
package struct LakeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("the lake, or MEDALLION_LAKE", valueName: "DIR"))
  package var lake = environment("MEDALLION_LAKE") ?? "lake"

  @Option(help: ArgumentHelp("the job files, or MEDALLION_JOBS", valueName: "DIR"))
  package var jobs = environment("MEDALLION_JOBS") ?? "jobs"

  @Option(help: ArgumentHelp("memory a run may take, or MEDALLION_MEMORY", valueName: "SIZE"))
  package var memory: ByteCount = environmentValue("MEDALLION_MEMORY") ?? .standardMemory

  @Option(
    name: [.customLong("spill-limit"), .customLong("spill")],
    help: ArgumentHelp(
      "disk for what memory does not hold, or MEDALLION_SPILL", valueName: "SIZE"))
  package var spill: ByteCount = environmentValue("MEDALLION_SPILL") ?? .standardSpill

  @Option(help: ArgumentHelp("threads a run may take, or MEDALLION_THREADS", valueName: "N"))
  package var threads: Int = environmentValue("MEDALLION_THREADS") ?? Thread.processorCount

  @Option(
    help: ArgumentHelp(
      "who may read new files: owner, group, group:NAME or all, or MEDALLION_READERS",
      valueName: "WHO"))
  var readers: Readers?

  @Option(
    name: .customLong("keys"),
    help: ArgumentHelp(
      "master keys of what lies sealed: a folder, command:PROGRAM, or MEDALLION_KEYS",
      valueName: "PLACE"))
  private var givenKeys: String?

  /// Where the master keys are; nil where nothing is sealed.
  package var keys: String? { givenKeys ?? environment("MEDALLION_KEYS") }

  /// Who may read what the run writes; nil are those who may read the lake.
  package var chosenReaders: Readers? { readers ?? environmentValue("MEDALLION_READERS") }

  package init() {}

  package mutating func validate() throws {
    for (name, value) in [("lake", lake), ("jobs", jobs)] where value.isEmpty {
      // Below nothing lies the root of the machine.
      throw ValidationError("'' is not a value of '--\(name)'; give a folder")
    }
    lake = try FileAddress.path(lake)
    jobs = try FileAddress.path(jobs)
    SecretCommands.look(in: jobs)
    guard threads > 0 else {
      throw ValidationError("'\(threads)' is not a value of '--threads'; give a number from 1")
    }
  }
}

/// Which state of the lake is read.
package struct AsOfOption: ParsableArguments {
  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("read this version, or the state at this time", valueName: "VERSION|TIME"))
  package var asOf: TableVersion?

  package init() {}
}

/// Whether CSV is written for a spreadsheet.
package struct FormulaOption: ParsableArguments {
  @Flag(
    name: .customLong("escape-formulas"), inversion: .prefixedNo,
    help: "in CSV, put ' before texts that a spreadsheet would compute")
  private var given: Bool?

  package init() {}

  /// What was asked for, or `standard`: so it is in reports, which people open, and not in data.
  package func isSet(or standard: Bool) -> Bool { given ?? standard }
}

/// The form of a report.
package struct ReportOptions: ParsableArguments {
  @Option(
    name: .customLong("format"),
    help: ArgumentHelp("form of the report (default: text)", valueName: "FORM"))
  private var given: ReportFormat?

  @OptionGroup private var formulas: FormulaOption

  package init() {}

  /// Whether CSV is written for a spreadsheet.
  package var escapesFormulas: Bool { formulas.isSet(or: true) }

  /// The form that was asked for, or `standard`.
  package func format(or standard: ReportFormat) -> ReportFormat { given ?? standard }

  /// The form that was asked for, or text.
  package var format: ReportFormat { format(or: .text) }
}

/// Where the warehouse is.
package struct WarehouseOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "SQLite file or postgresql://USER@HOST/DATABASE, or MEDALLION_WAREHOUSE "
        + "(default: DIR/warehouse.db)", valueName: "PLACE"))
  package var warehouse: String?

  @Option(
    name: .customLong("warehouse-password"),
    help: ArgumentHelp(
      "secret:NAME for the server, or MEDALLION_WAREHOUSE_PASSWORD "
        + "(default: PGPASSWORD, ~/.pgpass)", valueName: "SECRET"))
  package var warehousePassword: String?

  package init() {}

  /// The warehouse's file or the address of its server, for the lake at `lake`; `.usage` when that
  /// is an address of another kind.
  package func place(inLake lake: String) throws(Fault) -> String {
    let variable = "MEDALLION_WAREHOUSE"
    guard let given = warehouse ?? environment(variable) else { return "\(lake)/warehouse.db" }
    guard !given.isEmpty else {
      throw Fault(.usage, "'' is not a value of '--warehouse'", remedy: "give a file")
    }
    switch FileAddress.scheme(of: given)?.lowercased() {
    // Its password is asked for apart.
    case "postgresql", "postgres": return SecretAddress.parted(given).address
    default:
      return try FileAddress.path(
        given, at: Place(warehouse == nil ? variable : "--warehouse"))
    }
  }

  /// The password at the warehouse's server, if a secret is named for it, which is looked for in
  /// the lake at `lake` too.
  package func password(inLake lake: String) throws(Fault) -> String? {
    let address = (warehouse ?? environment("MEDALLION_WAREHOUSE")).map { SecretAddress.parted($0) }
    guard
      let name = warehousePassword ?? address?.password
        ?? environment("MEDALLION_WAREHOUSE_PASSWORD")
    else { return nil }
    guard name.hasPrefix("secret:") else {
      throw Fault(
        .usage, "a password by argument, which others may read",
        remedy: "say '--warehouse-password secret:NAME'")
    }
    return try Secret.resolve(name, in: "\(lake)/_secrets")
  }
}

/// A state of a table: its version, or what was current at a time.
package enum TableVersion: Equatable, Sendable, ExpressibleByArgument {
  case version(Int64)
  case time(Timestamp)

  /// The version, if it is one.
  package var version: Int64? { if case .version(let version) = self { version } else { nil } }

  /// The time, if it is one.
  package var time: Timestamp? { if case .time(let time) = self { time } else { nil } }

  package init?(argument: String) {
    if let version = Int64(argument), version >= 0 {
      self = .version(version)
    } else if let time = Timestamp(rfc3339Text: argument) {
      self = .time(time)
    } else {
      return nil
    }
  }
}

/// The form of a text product.
package enum ReportFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
  case text
  case json
  case csv
}

/// A number of bytes, as `512MiB`, `2GiB`, `64k` or plain.
package struct ByteCount: Equatable, Sendable, ExpressibleByArgument, CustomStringConvertible {
  /// What a run takes at most unless told otherwise.
  package static let standardMemory = ByteCount(512 << 20)

  /// What a run puts on disk at most, unless told otherwise, of what memory does not hold.
  package static let standardSpill = ByteCount(64 << 30)

  package let bytes: Int

  package init(_ bytes: Int) { self.bytes = bytes }

  package init?(argument: String) {
    let number = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = argument.dropFirst(number.count).lowercased()
    let shifts = ["": 0, "b": 0, "k": 10, "kib": 10, "m": 20, "mib": 20, "g": 30, "gib": 30]
    guard let count = Int(number), count > 0, let shift = shifts[unit], count < 1 << (62 - shift)
    else { return nil }
    bytes = count << shift
  }

  package var description: String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    where bytes.trailingZeroBitCount >= shift && bytes > 0 {
      return "\(bytes >> shift)\(unit)"
    }
    return "\(bytes)"
  }
}
