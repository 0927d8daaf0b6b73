import Core
import TestSupport
import Testing

/// A secret is used wherever one may stand, and nobody sees it: not in what tools say and write,
/// not in what they start.
@Suite struct CanaryTests {
  private let folder = Workdir()

  /// Runs a script in the folder with the tools on PATH; what the script starts has the canary
  /// as any secret.
  private func run(_ script: String, in place: String) throws -> ToolRun {
    let tools = parent(of: try ToolRun.path(of: "lake-sql"))
    return try ToolRun(
      program: "/bin/bash", ["-uo", "pipefail", "-c", "PATH=$PWD/bin:'\(tools)':$PATH\n\(script)"],
      in: place)
  }

  /// The small business of medallion-init, with a database, a server and receivers that are all
  /// away, and ask for the secret `key`.
  private func shop() throws -> String {
    _ = try ToolRun("medallion-init", ["shop"], in: folder.path)
    let place = folder.file("shop")
    try folder.write("shop/lake/_secrets/key", Canary.text)
    try folder.write(
      "shop/jobs/alerts.yml",
      """
      channels:
        hook: {kind: webhook, url: "https://hooks.example.com/x?k=secret:key", secret: "secret:key"}
        chat: {kind: slack, url: "https://u:secret:key@hooks.example.com/"}
        pager: {kind: pagerduty, key: "secret:key"}
        post: {kind: mail, to: a@example.com, from: b@example.com, program: [msmtp]}
        desk: {kind: command, run: [desk]}
      rules:
        - {when: failed, tell: [hook, chat, pager, post, desk]}
      """)
    try folder.write(
      "shop/jobs/sources.yml",
      """
      landing:
        stores: {folder: landing/stores, entity: stores, tool: ingest-files}
        sales: {folder: landing/sales, entity: sales, tool: ingest-files}
      systems:
        crm:
          kind: postgresql
          location: "postgresql://u:secret:key@127.0.0.1:1/d"
          tables: {customers: {keys: [id]}}
      """)
    let setup = try folder.read("shop/jobs/setup.sql")
    try folder.write(
      "shop/jobs/setup.sql",
      setup + """
        CREATE TABLE bronze.crm_customers (id STRING, __op STRING, __sequence BIGINT,
          __committed_at TIMESTAMP, ingest_date DATE)
        USING parquet PARTITIONED BY (ingest_date) LOCATION 'crm/customers';

        """)
    // Programs that repeat all they are given: arguments, environment and input.
    for name in ["curl", "msmtp", "desk"] {
      try folder.write(
        "shop/bin/\(name)",
        """
        #!/bin/bash
        { printf '%s\\n' "$@"; env; } >>seen
        cat >&2; exit 22
        """)
    }
    _ = try ToolRun(
      program: "/bin/bash", ["-c", "chmod 600 lake/_secrets/key; chmod +x bin/*"], in: place)
    return place
  }

  private static let script = #"""
    # Whoever may look at processes sees their arguments.
    while [ ! -e over ]; do
      cat /proc/[0-9]*/cmdline 2>/dev/null | grep -aqFf lake/_secrets/key && echo argument >>seen
    done &
    away='postgresql://u:secret:key@127.0.0.1:1/d'
    for form in text json; do
      ingest-files -v --log-format $form; bronze2silver -v; silver2gold -v; load-dims; load-facts
      cdc-extract -v --log-format $form crm; cdc-extract --where crm; cdc-extract --setup crm
      load-dims --warehouse "$away" --log-format $form
      load-facts --warehouse 'host=127.0.0.1 port=1 password=secret:key' -v
      lake-sql --warehouse "$away" 'SELECT * FROM warehouse.dim_store'
      alert test --log-format $form
    done
    run-job leaky -- bash -c '
      secret=$MEDALLION_SECRET_CANARY
      echo "it is $secret here"; echo "it is $secret here" >&2
      printf "Authorization: Basic %s\n" "$(printf "user:%s" "$secret" | base64 -w0)" >&2
      printf "%s" "$secret" | od -An -tx1 | tr -d " \n" >&2; echo >&2
      exit 3' >/dev/null
    run-job loud -- bash -c 'printf "%70000s %s\n" x "$MEDALLION_SECRET_CANARY" >&2; exit 1'
    echo >over; wait
    run-job named -- "no-such-program-$MEDALLION_SECRET_CANARY"
    alert run; alert list; runs list; runs list --format json
    for run in $(runs list --format json | sed -n 's/.*"run_id":"\([^"]*\)".*/\1/p'); do
      runs show $run
    done
    ops-report --output report.html; ops-metrics --output gauges.prom; catalog build >/dev/null
    audit list; bronze2silver --full-refresh --why "$MEDALLION_SECRET_CANARY"; audit list
    true
    """#

  @Test func `a secret appears in no output, file, event or argument`() throws {
    let place = try shop()
    // A run that told it would have failed here.
    let run = try run(CanaryTests.script, in: place)
    #expect(try Canary.leaks(below: place) == [], "\(run.talk)")
    let seen = try folder.read("shop/seen")
    // They were asked, and the secret was there to be masked.
    #expect(seen.contains("-K") && seen.contains("a@example.com"), "\(run.talk)")
    #expect(!seen.contains("MEDALLION_SECRET_"))
    for words in ["it is *** here", "Authorization: Basic dXNlcj***"] {
      #expect(run.talk.contains(words), "\(run.talk)")
    }
    #expect(run.text.contains("why=***"))
  }

  @Test func `a leak of each form is found`() throws {
    for form in [
      #"printf %s "$MEDALLION_SECRET_CANARY""#, #"printf %s "$MEDALLION_SECRET_CANARY" >&2"#,
      #"printf 'user:%s' "$MEDALLION_SECRET_CANARY" | base64 -w0"#,
      #"printf %s "$MEDALLION_SECRET_CANARY" | od -An -tx1 | tr -d ' \n'"#,
    ] {
      #expect(throws: Fault.self, "\(form)") { try run(form, in: folder.path) }
    }
    _ = try run(
      #"""
      mkdir -p lake/_runs lake/_secrets
      printf 'x%s' "$MEDALLION_SECRET_CANARY" >lake/_runs/a
      printf %s "$MEDALLION_SECRET_CANARY" | sed 's/\\/\\\\/g; s/"/\\"/g' >lake/b
      printf %s "$MEDALLION_SECRET_CANARY" >lake/_secrets/key
      """#, in: folder.path)
    #expect(
      try Canary.leaks(below: folder.path) == [
        "\(folder.file("lake/_runs/a")): as it is", "\(folder.file("lake/b")): in JSON",
      ])
  }
}
