import Core
import LakeJobs
import TestSupport
import Testing

@Suite struct PipelineSettingsTests {
  private func read(_ settings: String) throws -> PipelineFile {
    let folder = Workdir()
    let path = try folder.write(
      "spark-pipeline.yml",
      "name: t\nlibraries:\n  - glob: {include: silver/**}\nconfiguration:\n  \(settings)\n")
    return try PipelineFile(path, fileSystem: LocalFileSystem())
  }

  @Test(arguments: [
    "spark.sql.session.timeZone: UTC", "spark.sql.session.timeZone: \"+00:00\"",
    "spark.sql.ansi.enabled: \"true\"", "spark.sql.shuffle.partitions: \"4\"",
    "spark.executor.memory: 4g", "spark.sql.timestampType: TIMESTAMP_LTZ",
  ])
  func `a setting that says what is so, or tunes Spark, is taken`(_ setting: String) throws {
    #expect(try read(setting).name == "t")
  }

  @Test(arguments: [
    ("spark.sql.session.timeZone: America/New_York", "from_utc_timestamp"),
    ("spark.sql.ansi.enabled: \"false\"", "write true"),
    ("spark.sql.sesion.timeZone: UTC", "did you mean 'spark.sql.session.timezone'?"),
    ("spark.sql.caseSensitive: \"true\"", "write false"), ("my.own: x", "remove it"),
  ])
  func `one that would change an answer is refused by its name`(
    _ setting: String, _ remedy: String
  ) {
    let fault = #expect(throws: Fault.self) { try read(setting) }
    #expect(fault?.kind == .configuration && fault?.place?.line == 5)
    #expect(fault?.problem.contains(setting.split(separator: ":")[0]) == true)
    #expect(fault?.remedy.contains(remedy) == true)
  }
}
