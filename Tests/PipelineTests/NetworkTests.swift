import Core
import TestSupport
import Testing

/// No tool listens; each reaches the servers that `--needs` tells of, and no other.
@Suite struct NetworkTests {
  private let folder = Workdir()

  static let canTrace = succeeds("strace -f -qq -e trace=network -o /dev/null true")
  static let canSeparate = succeeds("unshare -n true")

  private static func succeeds(_ command: String) -> Bool {
    (try? ToolRun(program: "/bin/sh", ["-c", command]))?.status == 0
  }

  private func run(_ script: String) throws -> ToolRun {
    let tools = parent(of: try ToolRun.path(of: "lake-sql"))
    return try ToolRun(
      program: "/bin/bash", ["-uo", "pipefail", "-c", "PATH='\(tools)':$PATH\n\(script)"],
      in: folder.path)
  }

  private static let shop = #"""
    medallion-init shop >/dev/null 2>&1; cd shop
    cat >>jobs/sources.yml <<'YML'
    systems:
      crm:
        kind: postgresql
        location: "postgresql://u@127.0.0.1:3/d"
        tables: {customers: {keys: [id]}}
    YML
    cat >>jobs/setup.sql <<'SQL'
    CREATE TABLE bronze.crm_customers (id STRING, __op STRING, __sequence BIGINT,
      __committed_at TIMESTAMP, ingest_date DATE)
    USING parquet PARTITIONED BY (ingest_date) LOCATION 'crm/customers';
    SQL
    cat >jobs/alerts.yml <<'YML'
    channels: {hook: {kind: webhook, url: "http://127.0.0.1:4/x"}}
    rules: [{when: failed, tell: [hook]}]
    YML
    away=postgresql://u@127.0.0.1:5/d
    """#

  @Test(.enabled(if: NetworkTests.canTrace, "no program may be traced here"))
  func `no tool listens, and each call reaches what it says`() throws {
    let run = try run(
      NetworkTests.shop + #"""

        call() {
          strace -f -qq -e trace=network -o trace -- "$@" >/dev/null 2>talk
          "$@" --needs --format json |
            sed -n 's/.*"what":"host","name":"\([^"]*\)".*/\1/p' | sort -u >said
          grep -E 'listen\(|bind\(.*AF_INET' trace | sed "s/^/$1 listens: /"
          sed -nE 's/.*connect\(.*htons\(([0-9]+)\).*inet_addr\("([^"]+)"\).*/\2:\1/p' trace |
            sort -u >reached
          local all=$(paste -sd, reached)
          echo "$1: ${all:-nothing}$(comm -23 reached said | sed 's/^/ not said: /')"
        }
        call ingest-files; call bronze2silver; call silver2gold; call load-dims; call load-facts
        call cdc-extract crm
        call load-dims --warehouse "$away"; call load-facts --warehouse "$away"
        call dq-check; call lake-sql --warehouse "$away" 'SELECT * FROM warehouse.dim_store'
        call alert test hook; call ops-metrics; call ops-report --output r.html; call catalog build
        call lake-vacuum; call lake-verify; call audit list; call runs list; call lineage graph
        """#)
    #expect(run.status == 0, "\(run.talk)")
    #expect(
      run.text == """
        ingest-files: nothing
        bronze2silver: nothing
        silver2gold: nothing
        load-dims: nothing
        load-facts: nothing
        cdc-extract: 127.0.0.1:3
        load-dims: 127.0.0.1:5
        load-facts: 127.0.0.1:5
        dq-check: nothing
        lake-sql: 127.0.0.1:5
        alert: 127.0.0.1:4
        ops-metrics: nothing
        ops-report: nothing
        catalog: nothing
        lake-vacuum: nothing
        lake-verify: nothing
        audit: nothing
        runs: nothing
        lineage: nothing

        """)
  }

  @Test(.enabled(if: NetworkTests.canSeparate, "no network of its own may be made here"))
  func `a night without a network takes what needs none`() throws {
    let run = try run(
      NetworkTests.shop + #"""

        unshare -n -- bash -c '
          ingest-files && bronze2silver && silver2gold && load-dims && load-facts && dq-check
        ' >/dev/null || exit 1
        unshare -n -- cdc-extract crm; echo $?
        unshare -n -- load-dims --warehouse "$away"; echo $?
        """#)
    #expect(run.status == 0, "\(run.talk)")
    #expect(run.text == "75\n75\n", "\(run.talk)")
  }
}
