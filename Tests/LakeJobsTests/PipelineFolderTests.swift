import Core
import LakeJobs
import Testing

/// The job folder is a pipeline of Spark's as it is, and Spark refuses a pipeline's folder that
/// holds anything but jobs.
@Suite struct PipelineFolderTests {
  @Test func `folders of the pipeline hold nothing but jobs`() throws {
    let files = LocalFileSystem()
    let pipeline = try PipelineFile("jobs/\(PipelineFile.fileName)", fileSystem: files)
    let folders = pipeline.patterns.filter { $0.hasSuffix("/**") }.map { "jobs/\($0.dropLast(3))" }
    #expect(folders.count == 3)
    var found: [String] = []
    for folder in folders { found += try below(folder, files) }
    #expect(found.filter { !$0.hasSuffix(".sql") } == [])
    #expect(found.sorted() == (try pipeline.jobFiles(in: "jobs", fileSystem: files)))
  }

  private func below(_ folder: String, _ files: LocalFileSystem) throws -> [String] {
    try files.list(folder).flatMap { name in
      let path = "\(folder)/\(name)"
      return try files.status(of: path)?.isDirectory == true ? below(path, files) : [path]
    }
  }
}
