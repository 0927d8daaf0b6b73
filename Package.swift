// swift-tools-version: 6.2
// The map of the house: who may import whom. Arrows go down only; Tests/TidyTests holds the law.
import PackageDescription

let houseRules: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

// Tests are compiled as they stand also where all else is optimised: it is what they test that
// takes time.
let testRules = houseRules + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let systemModules: [Target] = [
  system("CSQLite", "sqlite3", "libsqlite3-dev"),
  system("CZlib", "zlib", "zlib1g-dev"),
  system("CZstd", "libzstd", "libzstd-dev"),
  system("CSnappy", "snappy", "libsnappy-dev"),
  system("CPostgreSQL", "libpq", "libpq-dev"),
  system("CCrypto", "libcrypto", "libssl-dev"),
  // Spark's patterns are Java's; PCRE2 reads nearly all of them.
  system("CPCRE2", "libpcre2-8", "libpcre2-dev"),
  system("CYAML", "yaml-0.1", "libyaml-dev"),
  // What Swift cannot call of the system: functions with as many arguments as one likes.
  .systemLibrary(name: "CProcess", path: "Sources/System/CProcess"),
  .target(
    name: "CSimdjson", path: "Sources/System/CSimdjson",
    cxxSettings: [
      .define("NDEBUG"), .enableWarning("all"), .enableWarning("extra"),
      .treatAllWarnings(as: .error),
      // It reads what strangers send: a mistake of ours ends the process, and nothing else.
      .define("_GLIBCXX_ASSERTIONS"),
      .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
      .unsafeFlags(["-fstack-protector-strong"]),
    ],
    linkerSettings: [.linkedLibrary("simdjson")]),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let libraries: [Target] = [
  library("Core", "CCrypto", "CProcess"),
  library("JSON", "Core", "CSimdjson"),
  library("Sealing", "Core", "CCrypto"),
  library("Audit", "JSON", "Core"),
  library("YAML", "Core", "CYAML"),
  library("UnixTool", "Core", "JSON", "YAML", "CProcess", argumentParser),
  library("Pages", "Core"),
  library("Columnar", "Core"),
  library("Compression", "Core", "CZlib", "CZstd", "CSnappy"),
  library("TextFormats", "Columnar", "JSON", "Compression", "Core", "CSimdjson"),
  library("Parquet", "Columnar", "Compression", "Core"),
  library("Delta", "Parquet", "Compression", "Columnar", "JSON", "Sealing", "Core"),
  library("Engine", "Columnar", "JSON", "Core", "CPCRE2"),
  library("Database", "Columnar", "Core", "CSQLite"),
  // Apart, since libpq brings twenty libraries that a tool would load at each start.
  library("PostgreSQL", "Database", "Columnar", "Core", "CPostgreSQL"),
  library("Warehouse", "Database", "Columnar", "Core"),
  library("Retailer", "Database", "Columnar", "Core"),
  library("Governance", "JSON", "Core"),
  library("TableKeys", "Delta", "Columnar", "JSON", "Core"),
  library("LakeJobs", "Delta", "Engine", "Governance", "Columnar", "YAML", "Sealing", "Core"),
  library(
    "Bronze", "LakeJobs", "Delta", "Parquet", "TextFormats", "Compression", "Engine", "Columnar",
    "JSON", "Core"),
  library("Access", "LakeJobs", "Engine", "Columnar", "YAML", "Core"),
  library("LakeQuery", "Access", "Bronze", "LakeJobs", "Delta", "Engine", "Columnar", "Core"),
  library(
    "Ingest", "Bronze", "LakeJobs", "Parquet", "TextFormats", "Compression", "Governance",
    "Columnar", "JSON", "Core"),
  library(
    "Extraction", "PostgreSQL", "Ingest", "Bronze", "LakeJobs", "Database", "Engine", "Columnar",
    "JSON", "Core"),
  library(
    "Refresh", "LakeQuery", "Bronze", "LakeJobs", "TableKeys", "Delta", "TextFormats", "Engine",
    "Governance", "Columnar", "Core"),
  library(
    "Lakehouse", "Refresh", "Ingest", "LakeQuery", "Access", "Bronze", "LakeJobs", "Delta",
    "TextFormats", "Engine", "Governance", "Columnar", "JSON", "YAML", "Core"),
  library(
    "Maintenance", "LakeQuery", "Bronze", "LakeJobs", "TableKeys", "Sealing", "Delta", "Parquet",
    "Compression", "Engine", "Columnar", "JSON", "YAML", "Core"),
  // Apart from what is told of runs: a run-job that knew tables would take longer to begin.
  library(
    "Runs", "Database", "Governance", "Columnar", "JSON", "YAML", "Core", "CProcess"),
  library(
    "Operations", "Runs", "LakeJobs", "Pages", "Database", "Governance", "Columnar", "JSON", "YAML",
    "Core", "CProcess"),
  library(
    "LakeTool", "UnixTool", "Refresh", "Ingest", "LakeJobs", "Engine", "Governance", "Sealing",
    "Audit",
    "Core", argumentParser),
  library(
    "WarehouseJobs", "Warehouse", "PostgreSQL", "Database", "Lakehouse", "Refresh", "LakeQuery",
    "Bronze", "LakeJobs", "Parquet", "Engine", "Governance", "Columnar", "JSON", "Core"),
  library(
    "Stewardship", "WarehouseJobs", "Lakehouse", "Refresh", "Access", "LakeQuery", "Bronze",
    "LakeJobs", "Sealing", "Audit", "Pages", "PostgreSQL", "Delta", "Parquet", "TextFormats",
    "Compression", "Engine", "Governance", "Database", "Columnar", "JSON", "YAML", "Core"),
  library(
    "Recovery", "WarehouseJobs", "Maintenance", "Lakehouse", "Refresh", "LakeQuery", "Bronze",
    "LakeJobs", "TableKeys", "Sealing", "Audit", "PostgreSQL", "Database", "Delta", "Compression",
    "Engine", "Governance", "Columnar", "JSON", "YAML", "Core", "CProcess"),
  library(
    "WarehouseTool", "LakeTool", "UnixTool", "WarehouseJobs", "Warehouse", "Database", "LakeJobs",
    "Audit", "Core"),
  library(
    "OperationsTool", "WarehouseTool", "LakeTool", "UnixTool", "Operations", "Runs",
    "WarehouseJobs",
    "Warehouse", "Lakehouse", "LakeQuery", "Bronze", "LakeJobs", "Delta", "Database", "Engine",
    "Governance", "Columnar", "Core"),
]

let tools: [Target] = [
  tool("ingest-pos", "LakeTool", "Ingest", "LakeJobs", "TextFormats", "JSON"),
  tool("ingest-files", "LakeTool", "Ingest", "LakeJobs"),
  tool(
    "cdc-extract", "LakeTool", "Extraction", "Ingest", "LakeJobs", "Governance", "Database",
    "PostgreSQL", "Columnar"),
  tool("bronze2silver", "LakeTool"),
  tool(
    "quarantine", "LakeTool", "Lakehouse", "Extraction", "Ingest", "Bronze", "LakeJobs",
    "TextFormats", "JSON", "Audit"),
  tool("silver2gold", "LakeTool"),
  tool(
    "load-dims", "WarehouseTool", "LakeTool", "WarehouseJobs", "Lakehouse", "LakeJobs", "Database",
    "JSON"),
  tool(
    "load-facts", "WarehouseTool", "WarehouseJobs", "Warehouse", "Database", "TextFormats",
    "JSON", "Columnar"),
  tool(
    "dq-check", "WarehouseTool", "LakeTool", "WarehouseJobs", "Lakehouse", "LakeQuery", "LakeJobs",
    "Engine", "Governance", "TextFormats", "Columnar"),
  tool(
    "lineage", "WarehouseTool", "LakeTool", "WarehouseJobs", "Lakehouse", "LakeQuery", "LakeJobs",
    "Governance", "TextFormats", "JSON"),
  tool(
    "lake-sql", "WarehouseTool", "LakeTool", "WarehouseJobs", "Lakehouse", "LakeQuery", "LakeJobs",
    "Engine",
    "TextFormats", "Columnar"),
  tool("run-job", "Runs"),
  tool(
    "runs", "LakeTool", "Operations", "Runs", "Refresh", "LakeJobs", "Delta", "Engine",
    "TextFormats",
    "Columnar", "JSON"),
  tool("landing-watch", "LakeTool", "LakeJobs", "Operations", "Runs"),
  tool(
    "alert", "OperationsTool", "WarehouseTool", "LakeTool", "Operations", "Runs", "WarehouseJobs",
    "LakeJobs", "Database", "TextFormats", "JSON"),
  tool(
    "ops-metrics", "OperationsTool", "WarehouseTool", "LakeTool", "Operations", "Runs", "LakeJobs",
    "Database"),
  tool(
    "ops-report", "OperationsTool", "WarehouseTool", "LakeTool", "Operations", "Runs",
    "WarehouseJobs",
    "LakeJobs", "Database"),
  tool(
    "catalog", "Stewardship", "WarehouseTool", "LakeTool", "WarehouseJobs", "Lakehouse", "LakeJobs",
    "Audit", "Governance", "TextFormats", "Columnar", "JSON"),
  tool(
    "lake-log", "LakeTool", "Maintenance", "Lakehouse", "LakeQuery", "LakeJobs", "Delta",
    "TextFormats", "Columnar", "JSON"),
  tool(
    "lake-vacuum", "WarehouseTool", "LakeTool", "WarehouseJobs", "Maintenance", "LakeJobs",
    "Audit", "JSON"),
  tool("lake-optimize", "LakeTool", "Maintenance", "LakeJobs", "JSON"),
  tool("lake-tier", "LakeTool", "Maintenance", "Bronze", "LakeJobs", "Audit", "JSON"),
  tool("lake-restore", "LakeTool", "Maintenance", "LakeJobs", "Delta", "Audit"),
  tool(
    "lake-verify", "WarehouseTool", "LakeTool", "WarehouseJobs", "Maintenance", "LakeJobs", "JSON"),
  tool(
    "access", "Stewardship", "WarehouseTool", "LakeTool", "WarehouseJobs", "Lakehouse", "LakeQuery",
    "LakeJobs", "Access", "Audit", "Engine", "PostgreSQL", "Database", "TextFormats", "Columnar",
    "JSON"),
  tool("audit", "LakeTool", "Audit", "TextFormats", "JSON"),
  tool(
    "erase", "Stewardship", "WarehouseTool", "LakeTool", "LakeJobs", "Audit", "JSON"),
  tool("lake-keys", "LakeTool", "Maintenance", "LakeJobs", "Sealing", "Audit"),
  tool(
    "backup", "Recovery", "WarehouseTool", "LakeTool", "LakeJobs", "Audit", "JSON"),
  tool("restore", "Recovery", "Stewardship", "LakeTool", "LakeJobs", "Audit"),
  tool("drill", "Recovery", "WarehouseTool", "LakeTool", "LakeJobs", "Audit", "JSON"),
  tool("pos-sim", "Retailer"),
  tool("medallion-init"),
]

let toolNames = tools.map { Target.Dependency.target(name: $0.name) }

let tests: [Target] = [
  .target(
    name: "TestSupport", dependencies: ["Core", "Columnar", "JSON"],
    path: "Tests/TestSupport", swiftSettings: testRules),
  .target(
    name: "LakeSupport",
    dependencies: [
      "TestSupport", "Lakehouse", "Refresh", "Ingest", "LakeQuery", "Bronze", "LakeJobs", "Engine",
      "Sealing", "Columnar", "JSON", "Core",
    ],
    path: "Tests/LakeSupport", swiftSettings: testRules),
  .executableTarget(
    name: "sample-tool", dependencies: ["UnixTool", "Core", argumentParser],
    path: "Tests/SampleTool", swiftSettings: testRules),
  .executableTarget(
    name: "fuzz",
    dependencies: [
      "TestSupport", "Extraction", "Ingest", "Bronze", "LakeJobs", "Governance", "PostgreSQL",
      "Database", "Engine", "Delta", "Parquet", "TextFormats", "Compression", "Columnar", "JSON",
      "YAML", "Core", "CSimdjson",
      argumentParser,
    ],
    path: "Tests/Fuzz", exclude: ["Corpus"], swiftSettings: houseRules),
  .testTarget(
    name: "FuzzTests", dependencies: ["TestSupport", "Core", "fuzz"], path: "Tests/FuzzTests",
    swiftSettings: testRules),
  .testTarget(
    name: "TidyTests", dependencies: ["TestSupport", "JSON", "Core"], path: "Tests/TidyTests",
    swiftSettings: houseRules),
  .testTarget(
    name: "ToolTests", dependencies: ["TestSupport", "Core"] + toolNames, path: "Tests/ToolTests",
    exclude: ["Cases"], swiftSettings: testRules),
  .testTarget(
    name: "PipelineTests",
    dependencies: [
      "TestSupport", "LakeSupport", "WarehouseJobs", "Refresh", "Ingest", "Bronze", "LakeJobs",
      "Database", "Delta", "Governance", "JSON", "Core",
    ] + toolNames,
    path: "Tests/PipelineTests", exclude: ["Businesses"], swiftSettings: testRules),
  tests(of: "Core"),
  tests(of: "Delta", "Parquet", "Compression", "JSON", "Sealing"),
  tests(of: "Columnar"),
  tests(of: "Parquet", "Compression", "JSON"),
  tests(of: "JSON"),
  tests(of: "YAML"),
  tests(of: "Sealing"),
  tests(of: "Audit", "JSON"),
  tests(of: "Compression"),
  tests(of: "Engine", exclude: ["Queries", "Rewrites"]),
  tests(of: "TextFormats", "Compression", "JSON"),
  tests(of: "Database", "PostgreSQL"),
  tests(
    of: "Extraction", "LakeSupport", "LakeJobs", "Ingest", "Bronze", "LakeQuery", "PostgreSQL",
    "Database", "JSON"),
  tests(of: "Warehouse", "PostgreSQL", "Database"),
  tests(of: "Retailer", "Database", "JSON"),
  tests(of: "UnixTool", "JSON", "sample-tool"),
  tests(of: "Governance", "JSON"),
  tests(of: "TableKeys", "Delta"),
  tests(of: "LakeJobs", "LakeSupport", "Engine"),
  tests(of: "Access", "LakeSupport", "LakeJobs", "LakeQuery", "Engine"),
  tests(of: "Runs", "Database"),
  tests(of: "Operations", "Runs", "LakeJobs", "Database", "Governance", "JSON", "YAML"),
  tests(of: "Bronze", "LakeSupport", "Lakehouse", "Ingest", "LakeJobs", "Engine"),
  tests(of: "LakeQuery", "LakeSupport", "Access", "LakeJobs", "Engine"),
  tests(
    of: "Ingest", "LakeSupport", "Lakehouse", "Bronze", "LakeJobs", "Parquet", "Governance",
    "JSON"),
  tests(
    of: "Refresh", "LakeSupport", "Ingest", "LakeQuery", "Bronze", "LakeJobs", "Delta", "Parquet",
    "Engine", "JSON"),
  tests(
    of: "Lakehouse", "LakeSupport", "WarehouseJobs", "Access", "Ingest", "LakeQuery", "Bronze",
    "LakeJobs", "Governance", "Engine", "JSON"),
  tests(
    of: "Stewardship", "LakeSupport", "Access", "WarehouseJobs", "Lakehouse", "Refresh", "Ingest",
    "LakeQuery", "Bronze", "LakeJobs", "Pages", "Delta", "Parquet", "Compression", "PostgreSQL",
    "Database", "Sealing", "Maintenance", "Recovery", "Governance", "Engine", "JSON"),
  tests(
    of: "Maintenance", "LakeSupport", "Refresh", "Ingest", "LakeQuery", "Bronze", "LakeJobs",
    "Sealing",
    "TableKeys", "Delta", "Parquet", "Governance", "Engine", "JSON"),
  tests(
    of: "Recovery", "LakeSupport", "WarehouseJobs", "Maintenance", "Refresh", "Ingest",
    "LakeQuery", "Bronze", "LakeJobs", "Sealing", "Database", "Delta", "Engine", "JSON"),
  tests(
    of: "WarehouseJobs", "LakeSupport", "Warehouse", "Ingest", "LakeJobs", "LakeQuery", "Database",
    "Engine"),
]

let package = Package(
  name: "medallion",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Exactly one release, so that a checkout builds the same tools for good: mirrors of Swift
    // packages give a release other commits, which a kept Package.resolved would refuse.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: systemModules + libraries + tools + tests,
  cxxLanguageStandard: .cxx17
)

func system(_ name: String, _ pkgConfig: String, _ debian: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig,
    providers: [.apt([debian])])
}

func library(_ name: String, _ imports: Target.Dependency...) -> Target {
  .target(
    name: name, dependencies: imports, path: "Sources/Libraries/\(name)",
    swiftSettings: houseRules)
}

func tool(_ name: String, _ imports: Target.Dependency...) -> Target {
  .executableTarget(
    name: name, dependencies: ["UnixTool", "Core", argumentParser] + imports,
    path: "Sources/Tools/\(name)", swiftSettings: houseRules)
}

func tests(of name: String, _ more: Target.Dependency..., exclude: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.target(name: name), "TestSupport"]
      + ["Core", "Columnar"].filter { $0 != name }.map { .target(name: $0) } + more,
    path: "Tests/\(name)Tests", exclude: exclude, swiftSettings: testRules)
}
