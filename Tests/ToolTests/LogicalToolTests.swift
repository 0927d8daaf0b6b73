import Core
import TestSupport
import Testing

/// The tool with a PostgreSQL server that asks for a password.
@Suite(.enabled(if: PostgreSQLServer.programs != nil, "no PostgreSQL server to start here"))
struct LogicalToolTests {
  private static let canary = "Kanarienvogel-73"

  private let server: PostgreSQLServer
  private let folder = Workdir()

  init() throws {
    server = try #require(PostgreSQLServer(settings: ["wal_level=logical"]))
    try folder.write(
      "jobs/spark-pipeline.yml", "name: t\nlibraries: [{glob: {include: silver/**}}]\n")
    try folder.write(
      "jobs/setup.sql",
      "CREATE TABLE bronze.items (id STRING, name STRING, __op STRING, __sequence BIGINT, "
        + "__committed_at TIMESTAMP, ingest_date DATE) USING parquet "
        + "PARTITIONED BY (ingest_date) LOCATION 'shop/items';\n")
    try folder.write(
      "jobs/sources.yml",
      """
      systems:
        shop:
          kind: postgresql
          location: \(server.address.replacing("tester", with: "reader"))
          password: secret:shop
          tables:
            items: {keys: [id]}
      """)
    try psql(
      """
      CREATE TABLE items (id int PRIMARY KEY, name text);
      INSERT INTO items VALUES (1, 'one'), (2, 'two');
      CREATE ROLE reader LOGIN REPLICATION PASSWORD '\(Self.canary)';
      GRANT CREATE ON DATABASE postgres TO reader;
      GRANT ALL ON SCHEMA public TO reader; ALTER TABLE items OWNER TO reader
      """)
    try psql(
      """
      COPY (SELECT 'local all tester trust' UNION ALL SELECT 'local all all scram-sha-256')
        TO PROGRAM 'cat > "$(ls -d \(address("host"))/data)/pg_hba.conf"';
      SELECT pg_reload_conf()
      """)
  }

  private func address(_ keyword: String) -> String {
    let parts = server.address.split(separator: " ").map(String.init)
    return String(parts.first { $0.hasPrefix("\(keyword)=") }?.dropFirst(keyword.count + 1) ?? "")
  }

  private func psql(_ sql: String) throws {
    let program = "\(PostgreSQLServer.programs ?? "")/psql"
    let run = try ToolRun(
      program: program, ["-Xqd", server.address, "-v", "ON_ERROR_STOP=1", "-c", sql])
    #expect(run.status == 0, "\(run.talk)")
  }

  /// That nobody who lists the machine's processes while the tool runs sees the password.
  private func expectSilentCommand() throws {
    // While the tool waits for the table, everybody's command is looked at.
    let lock = "BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1.5); COMMIT"
    let watched = try ToolRun(
      program: "/bin/sh",
      [
        "-c",
        """
        "$1/psql" -Xqd "$2" -c "$3" >&2 & sleep 0.3
        "$4" -v & tool=$!
        sleep 0.7; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >commands
        wait $tool
        """, "sh", PostgreSQLServer.programs ?? "", server.address, lock,
        try ToolRun.path(of: "cdc-extract"),
      ], in: folder.path, environment: ["MEDALLION_SECRET_SHOP": Self.canary])
    #expect(watched.status == 0, "\(watched.talk)")
    #expect(watched.text.contains("\"eventType\":\"COMPLETE\""))
    let commands = try folder.read("commands")
    #expect(commands.contains("cdc-extract -v"))
    for told in [commands, watched.text, watched.talk] { #expect(!told.contains(Self.canary)) }
  }

  @Test func `a system is set up, asked, extracted and left, and its password told to nobody`()
    throws
  {
    var runs: [ToolRun] = []
    func run(_ arguments: String..., status: Int = 0, secret: String? = Self.canary) throws
      -> ToolRun
    {
      let run = try ToolRun(
        "cdc-extract", arguments, in: folder.path,
        environment: secret.map { ["MEDALLION_SECRET_SHOP": $0] } ?? [:])
      #expect(run.status == status, "\(arguments): \(run.talk)")
      runs.append(run)
      return run
    }
    #expect(try run("-v", status: 78, secret: nil).talk.contains("no secret 'shop'"))
    #expect(try run("-v", status: 77, secret: Self.canary + "x").talk.contains("refuses the user"))
    #expect(try run("-v", status: 78).talk.contains("run 'cdc-extract --setup shop'"))
    #expect(try run("--setup", status: 64).talk.contains("--setup is for systems"))
    let made = try run("--setup", "shop").text
    #expect(made.contains("made the publication 'medallion_shop': public.items"))
    #expect(made.contains("GRANT SELECT ON public.items TO medallion;"))
    #expect(try run("--dry-run").text == "would take 2 changes into bronze.items\n")
    try expectSilentCommand()
    #expect(try run("-v", "--log-format", "json").text == "")
    let standing = try run("--where").text
    #expect(standing.contains("shop: what was committed after "))
    #expect(standing.contains("shop.items: bronze has what was committed before "))
    #expect(try run("--teardown", "shop").text.contains("dropped the replication slot"))
    for run in runs {
      #expect(!run.text.contains(Self.canary))
      #expect(!run.talk.contains(Self.canary))
    }
    let grep = try ToolRun(
      program: "/bin/grep", ["-r", "-l", Self.canary, folder.file("lake"), folder.file("jobs")])
    #expect((grep.status, grep.text) == (1, ""))
  }
}
