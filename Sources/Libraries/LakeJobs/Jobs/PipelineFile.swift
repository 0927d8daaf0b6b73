package import Core
import YAML

/// `spark-pipeline.yml`: which files hold jobs. The same file drives Spark's own pipelines.
package struct PipelineFile: Sendable {
  /// What it is called in a job folder.
  package static let fileName = "spark-pipeline.yml"

  package var name: String
  /// Patterns of job files, relative to the job folder: a file, or a folder ending in `/**`.
  package var patterns: [String]
  /// The schema of unqualified dataset names.
  package var defaultSchema: String

  /// Reads the file at `path`.
  package init(_ path: String, fileSystem: any FileSystem) throws(Fault) {
    let file = try YAMLFile(path, fileSystem: fileSystem)
    let keys = try file.root.members(
      allowed: ["name", "storage", "catalog", "database", "schema", "configuration", "libraries"])
    name = try keys["name"]?.text() ?? "pipeline"
    defaultSchema = try (keys["database"] ?? keys["schema"])?.text().lowercased() ?? "silver"
    if let settings = keys["configuration"] {
      try PipelineSettings.check(try settings.members().map { ($0.key, $0.value) })
    }
    patterns = []
    for library in try keys["libraries"]?.list() ?? [] {
      let glob = try library.members(allowed: ["glob"])["glob"]
      guard let include = try glob?.members(allowed: ["include"])["include"] else {
        throw library.wrong("'glob: {include: silver/**}'")
      }
      patterns.append(try include.text())
    }
    guard !patterns.isEmpty else {
      throw Fault(
        .configuration, at: Place(path), "no 'libraries' name a job file",
        remedy: "add '- glob: {include: silver/**}' under 'libraries'")
    }
  }

  /// The job files below `folder` that the patterns name, in byte order.
  package func jobFiles(in folder: String, fileSystem: any FileSystem) throws(Fault) -> [String] {
    var files: Set<String> = []
    for pattern in patterns {
      if pattern.hasSuffix("/**") {
        let start = "\(folder)/\(pattern.dropLast(3))"
        let trail = FolderTrail(try fileSystem.status(of: start))
        files.formUnion(try Self.sqlFiles(below: start, trail, fileSystem))
      } else {
        files.insert("\(folder)/\(pattern)")
      }
    }
    return files.sorted()
  }

  private static func sqlFiles(
    below folder: String, _ trail: FolderTrail, _ fileSystem: any FileSystem
  ) throws(Fault) -> [String] {
    var files: [String] = []
    for name in try fileSystem.list(folder) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      try NameRule.check(name, "the name of a job file", at: Place(path))
      if let status = try fileSystem.status(of: path), status.isDirectory {
        files += try sqlFiles(below: path, try entering(path, status, trail), fileSystem)
      } else if name.hasSuffix(".sql") {
        files.append(path)
      }
    }
    return files
  }

  private static func entering(
    _ folder: String, _ status: FileStatus, _ trail: FolderTrail
  ) throws(Fault) -> FolderTrail {
    do throws(Fault) {
      return try trail.entering(folder, status)
    } catch {
      throw Fault(.configuration, at: error.place, error.problem, remedy: error.remedy)
    }
  }
}
