import Core
package import LakeJobs
package import TestSupport

/// A small business in a folder of its own: till lines in bronze, sales in silver, days in gold, a
/// star of one dimension and one fact.
package struct SampleJobs {
  package let folder = Workdir()
  package let lake: Lake

  package init() throws {
    lake = Lake(
      root: folder.file("lake"), fileSystem: LocalFileSystem(),
      clock: Clock(now: Timestamp(microseconds: 1_772_344_800_000_000)),
      runID: RunID(naming: "sample"))
    for (name, text) in Self.files { try folder.write("jobs/\(name)", text) }
  }

  package var workspace: Workspace {
    get throws { try Workspace(lake: lake, jobsFolder: folder.file("jobs")) }
  }

  package static let files: [(name: String, text: String)] = [
    (
      "spark-pipeline.yml",
      """
      name: sample
      libraries:
        - glob: {include: silver/**}
        - glob: {include: gold/**}
        - glob: {include: warehouse/**}
      """
    ),
    (
      "setup.sql",
      """
      CREATE SCHEMA IF NOT EXISTS bronze;
      CREATE TABLE bronze.till (id STRING, at STRING, store STRING, amount STRING, email STRING)
        USING json LOCATION 'pos/till';
      """
    ),
    (
      "sources.yml",
      """
      landing:
        pos: {folder: landing/pos, entity: till, tool: ingest-pos}
      """
    ),
    (
      "silver/sales.sql",
      """
      CREATE TEMPORARY VIEW typed AS
      SELECT id, try_cast(at AS TIMESTAMP) AS at, store,
        try_cast(amount AS DECIMAL(12,2)) AS amount, amount AS amount_text, email
      FROM STREAM(bronze.till);

      CREATE STREAMING TABLE silver.sales
      TBLPROPERTIES ('expect.valid_amount' = "amount IS NOT NULL ON VIOLATION QUARANTINE");

      CREATE FLOW sales_flow AS AUTO CDC INTO silver.sales FROM STREAM(typed)
      KEYS (id) SEQUENCE BY at COLUMNS * EXCEPT (amount_text) STORED AS SCD TYPE 1;
      """
    ),
    (
      "gold/daily.sql",
      """
      CREATE MATERIALIZED VIEW gold.daily AS
      SELECT date(at) AS day, store, sum(amount) AS net FROM silver.sales
      WHERE email IS NOT NULL GROUP BY date(at), store;
      """
    ),
    (
      "warehouse/star.sql",
      """
      CREATE MATERIALIZED VIEW warehouse.dim_store
      TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'store') AS
      SELECT DISTINCT store FROM silver.sales;

      CREATE MATERIALIZED VIEW warehouse.fact_day
      TBLPROPERTIES ('fact' = 'incremental', 'key' = 'day, store_key',
        'lookup.store_key' = 'dim_store(store)') AS
      SELECT day, store, net FROM gold.daily;
      """
    ),
    (
      "quality/rules.yml",
      """
      silver.sales:
        - unique: [id]
        - name: no great amounts
          range: {column: amount, max: 100}
          severity: warn
      gold.daily:
        - not_null: [day, net]
        - name: days add up
          sql: |
            SELECT d.net FROM (SELECT sum(net) AS net FROM gold.daily) d
            CROSS JOIN (SELECT sum(amount) AS net FROM silver.sales) s WHERE d.net <> s.net
      """
    ),
  ]
}
