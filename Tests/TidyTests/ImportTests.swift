import Testing

/// Who may import whom: arrows go down only.
@Suite struct ImportTests {
  private static let libraries: [String: Set<String>] = [
    "Core": ["CCrypto", "CProcess", "Glibc"],
    "JSON": ["Core", "CSimdjson"],
    "Sealing": ["Core", "CCrypto", "Glibc"],
    // Whatever changes something for good tells it here: it stands below them all.
    "Audit": ["JSON", "Core", "Glibc"],
    "YAML": ["Core", "CYAML"],
    "UnixTool": ["Core", "JSON", "YAML", "CProcess", "ArgumentParser", "Glibc"],
    "Pages": ["Core"],
    "Columnar": ["Core"],
    "Compression": ["Core", "CZlib", "CZstd", "CSnappy"],
    "TextFormats": ["Columnar", "JSON", "Compression", "Core", "CSimdjson"],
    "Parquet": ["Columnar", "Compression", "Core"],
    "Delta": ["Parquet", "Compression", "Columnar", "JSON", "Sealing", "Core"],
    "Engine": ["Columnar", "JSON", "Core", "CPCRE2"],
    "Database": ["Columnar", "Core", "CSQLite"],
    "PostgreSQL": ["Database", "Columnar", "Core", "CPostgreSQL", "Glibc"],
    "Warehouse": ["Database", "Columnar", "Core"],
    "Retailer": ["Database", "Columnar", "Core"],
    "Governance": ["JSON", "Core"],
    "TableKeys": ["Delta", "Columnar", "JSON", "Core"],
    "LakeJobs": ["Delta", "Engine", "Governance", "Columnar", "YAML", "Sealing", "Core"],
    "Bronze": [
      "LakeJobs", "Delta", "Parquet", "TextFormats", "Compression", "Engine", "Columnar", "JSON",
      "Core",
    ],
    // Read at each start of a tool that shows rows: it knows no database.
    "Access": ["LakeJobs", "Engine", "Columnar", "YAML", "Core"],
    "LakeQuery": ["Access", "Bronze", "LakeJobs", "Delta", "Engine", "Columnar", "Core"],
    "Ingest": [
      "Bronze", "LakeJobs", "Parquet", "TextFormats", "Compression", "Governance", "Columnar",
      "JSON", "Core",
    ],
    // Where source databases are read, by streams of others too, as Ingest reads those of tills.
    "Extraction": [
      "PostgreSQL", "Ingest", "Bronze", "LakeJobs", "Database", "Engine", "Columnar", "JSON",
      "Core",
    ],
    "Refresh": [
      "LakeQuery", "Bronze", "LakeJobs", "TableKeys", "Delta", "TextFormats", "Engine",
      "Governance", "Columnar", "Core",
    ],
    "Lakehouse": [
      "Refresh", "Ingest", "LakeQuery", "Access", "Bronze", "LakeJobs", "Delta", "TextFormats",
      "Engine",
      "Governance", "Columnar", "JSON", "YAML", "Core",
    ],
    // It starts programs and waits for them, and knows no table: each step of a night begins it.
    "Runs": [
      "Database", "Governance", "Columnar", "JSON", "YAML", "Core", "CProcess", "Glibc",
    ],
    // What is told of runs: it works on no table.
    "Operations": [
      "Runs", "LakeJobs", "Pages", "Database", "Governance", "Columnar", "JSON", "YAML", "Core",
      "CProcess", "Glibc",
    ],
    // What keeps tables well, beside the runs that fill them: it knows none of those.
    "Maintenance": [
      "LakeQuery", "Bronze", "LakeJobs", "TableKeys", "Sealing", "Delta", "Parquet", "Compression",
      "Engine",
      "Columnar", "JSON", "YAML", "Core",
    ],
    // What tools of the lake have in common, between the command line and the lake.
    "LakeTool": [
      "UnixTool", "Refresh", "Ingest", "LakeJobs", "Engine", "Governance", "Sealing", "Audit",
      "Core",
      "ArgumentParser",
    ],
    // Where the lake's warehouse views meet the loader, so that neither knows the other.
    "WarehouseJobs": [
      "Warehouse", "PostgreSQL", "Database", "Lakehouse", "Refresh", "LakeQuery", "Bronze",
      "LakeJobs", "Parquet", "Engine", "Governance", "Columnar", "JSON", "Core",
    ],
    // What there is, whose it is and what it means: it reads all layers, and makes no table.
    "Stewardship": [
      "WarehouseJobs", "Lakehouse", "Refresh", "Access", "LakeQuery", "Bronze", "LakeJobs",
      "Sealing", "Audit", "Pages", "PostgreSQL", "Delta", "Parquet", "TextFormats", "Compression",
      "Engine", "Governance", "Database", "Columnar", "JSON", "YAML", "Core", "Glibc",
    ],
    // All of the suite's state as one: it reads every layer and the warehouse, and puts them back.
    "Recovery": [
      "WarehouseJobs", "Maintenance", "Lakehouse", "Refresh", "LakeQuery", "Bronze", "LakeJobs",
      "TableKeys", "Sealing", "Audit", "PostgreSQL", "Database", "Delta", "Compression", "Engine",
      "Governance", "Columnar", "JSON", "YAML", "Core", "CProcess", "Glibc",
    ],
    // What tools of the warehouse have in common, between the command line and its loads.
    "WarehouseTool": [
      "LakeTool", "UnixTool", "WarehouseJobs", "Warehouse", "Database", "LakeJobs", "Audit", "Core",
    ],
    // What tools that watch have in common: where runs and alerts meet the tables.
    "OperationsTool": [
      "WarehouseTool", "LakeTool", "UnixTool", "Operations", "Runs", "WarehouseJobs", "Warehouse",
      "Lakehouse", "LakeQuery", "Bronze", "LakeJobs", "Delta", "Database", "Engine", "Governance",
      "Columnar", "Core",
    ],
  ]
  private static let always: Set<String> = ["Swift", "Synchronization", "FoundationEssentials"]
  private static let tools = Set(libraries.keys).union(["ArgumentParser"])

  /// Which modules a file may import; nil when any.
  static func allowed(_ file: SourceFile) -> Set<String>? {
    guard let module = file.module else { return nil }
    if file.path.hasPrefix("Sources/System/") { return nil }
    return always.union(file.isLibrary ? libraries[module] ?? [] : tools)
  }

  static func findings(_ file: SourceFile) -> [Finding] {
    guard let allowed = allowed(file), let module = file.module else { return [] }
    return file.code.enumerated().compactMap { index, line in
      let words = words(line)
      guard let position = words.firstIndex(of: "import"), position <= 2,
        let imported = words.dropFirst(position + 1).first(where: { !kinds.contains($0) }),
        !allowed.contains(String(imported))
      else { return nil }
      return Finding(
        file, index, "'\(module)' may not import '\(imported)'",
        mend: "move the code, or amend the table of ImportTests and say why")
    }
  }

  private static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var"]

  @Test func `imports follow the table`() throws {
    expectNone(try SourceFile.all(["Sources"], [".swift"]).flatMap(ImportTests.findings))
  }

  @Test func `each library stands in the table`() throws {
    let modules = Set(
      try SourceFile.all(["Sources/Libraries"], [".swift"]).compactMap(\.module))
    #expect(modules.subtracting(ImportTests.libraries.keys) == [])
  }

  @Test func `an import that goes up is found`() {
    let file = sample("Sources/Libraries/Engine/X.swift", "import Core\npackage import Delta\n")
    #expect(
      ImportTests.findings(file).map(\.description) == [
        "Sources/Libraries/Engine/X.swift:2: 'Engine' may not import 'Delta'; "
          + "move the code, or amend the table of ImportTests and say why"
      ])
    #expect(ImportTests.findings(sample("Sources/Tools/x/X.swift", "import Foundation")).count == 1)
    #expect(ImportTests.findings(sample("Tests/X/X.swift", "import Foundation")).isEmpty)
    #expect(ImportTests.findings(sample("Sources/Tools/x/X.swift", "// import Foundation")).isEmpty)
  }
}

/// A file that a test makes up.
func sample(_ path: String, _ text: String) -> SourceFile { SourceFile(path, [UInt8](text.utf8)) }

/// Fails with one line for each finding.
func expectNone(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
  for finding in findings {
    Issue.record("\(finding)", sourceLocation: sourceLocation)
  }
}
