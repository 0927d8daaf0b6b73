import Core
import Testing

/// What is a path, and what an address.
@Suite struct FileAddressTests {
  @Test(arguments: [
    ("lake", "lake"), ("/data/lake", "/data/lake"), ("a b/10:30.json", "a b/10:30.json"),
    ("pos:till1.json", "pos:till1.json"), ("C:/data", "C:/data"), (":x", ":x"), ("", ""),
    ("2026-03-01T06:00", "2026-03-01T06:00"), ("./s3:/x", "./s3:/x"),
    ("file:///data/lake", "/data/lake"), ("file:/data", "/data"),
    ("FILE:///a%20b/%C3%A9", "/a b/é"),
  ])
  func `a path stays, a file's address becomes one`(_ text: String, _ path: String) throws {
    #expect(try FileAddress.path(text) == path)
  }

  @Test(arguments: [
    "s3://bucket/x", "s3:bucket", "S3A://bucket", "gs://b", "abfss://c@a.dfs/x", "hdfs:/x",
    "https://me:hush@server/x", "postgresql://me:hush@server/db", "sqlite:lake.db", "made-up://x",
    "jdbc:postgresql://server/db", "git+ssh://x", "file://server/share", "file:data", "file:////x",
    "file:///a%zz", "file:///a%00b", "file:",
  ])
  func `another address is refused, and its rest is not told`(_ text: String) {
    let fault = #expect(throws: Fault.self) {
      try FileAddress.path(text, .configuration, at: Place("sources.yml", line: 2))
    }
    #expect(fault?.kind == .configuration && fault?.place?.line == 2)
    #expect(fault?.description.contains("hush") == false)
  }
}
