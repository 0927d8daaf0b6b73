# What the recovery tests share: a small business of tills, and what is asked of it. Sourced in an
# empty folder, with the tools on PATH.

# The job files of the business, in `jobs`, and the folder that its tills send to, `landing`.
make_business() {
  mkdir -p jobs/silver jobs/gold jobs/warehouse landing
  printf '%s\n' 'name: s' 'libraries:' '  - glob: {include: silver/**}' \
    '  - glob: {include: gold/**}' '  - glob: {include: warehouse/**}' >jobs/spark-pipeline.yml
  echo 'landing: {pos: {folder: landing, entity: till, tool: ingest-pos}}' >jobs/sources.yml
  echo "CREATE TABLE bronze.till (event_id STRING, event_type STRING, event_time STRING, store_id STRING, register_id STRING, amount STRING) USING json LOCATION 'pos/till';" >jobs/setup.sql
  cat >jobs/silver/sales.sql <<'SQL'
CREATE STREAMING TABLE silver.sales
TBLPROPERTIES ('expect.priced' = 'amount IS NOT NULL ON VIOLATION QUARANTINE');
CREATE TEMPORARY VIEW typed AS SELECT event_id, CAST(event_time AS TIMESTAMP) AS at, store_id,
  try_cast(amount AS DECIMAL(12,2)) AS amount FROM STREAM(bronze.till);
CREATE FLOW sales_flow AS AUTO CDC INTO silver.sales FROM STREAM(typed)
KEYS (event_id) SEQUENCE BY at STORED AS SCD TYPE 1;
SQL
  echo 'CREATE MATERIALIZED VIEW gold.daily AS SELECT date(at) AS day, store_id, sum(amount) AS net, count(*) AS n FROM silver.sales GROUP BY date(at), store_id;' >jobs/gold/daily.sql
  cat >jobs/warehouse/star.sql <<'SQL'
CREATE MATERIALIZED VIEW warehouse.dim_store
TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'store_id') AS SELECT DISTINCT store_id FROM silver.sales;
CREATE MATERIALIZED VIEW warehouse.fact_day
TBLPROPERTIES ('fact' = 'incremental', 'key' = 'day, store_key', 'lookup.store_key' = 'dim_store(store_id)') AS
SELECT day, store_id, net, n FROM gold.daily;
SQL
}

# One file of a till: new sales, corrections of old ones, and now and then a line that is set aside.
deliver() {
  local number=$1 line
  for line in 1 2 3 4 5 6 7 8; do
    printf '{"event_id":"e%d","event_type":"sale","event_time":"2026-01-%02dT09:%02d:00Z","store_id":"s%d","register_id":"r","amount":"%s"}\n' \
      $((number * 5 + line)) $((number % 28 + 1)) $line $((line % 3)) \
      "$([ $((line * number % 17)) = 5 ] && echo torn || echo $((number + line)).50)"
  done >"landing/.$number.part" && mv "landing/.$number.part" "landing/$(printf %06d "$number").ndjson"
}

# Takes in what is new and brings all layers up to date. What went wrong stands in refresh.said.
refresh() {
  local lake=$1 jobs=$2 tool
  for tool in ingest-pos bronze2silver silver2gold load-dims load-facts; do
    "$tool" --lake "$lake" --jobs "$jobs" -q >/dev/null 2>refresh.said || return
  done
}

# All that anybody can ask of the business.
answers() {
  local lake=$1 jobs=$2 query
  for query in 'SELECT * FROM silver.sales ORDER BY event_id' 'SELECT * FROM gold.daily ORDER BY day, store_id' \
    'SELECT rule, count(*) AS n FROM quarantine.sales GROUP BY rule ORDER BY rule' \
    'SELECT s.store_id, f.day, f.net, f.n FROM warehouse.fact_day f JOIN warehouse.dim_store s ON s.store_key = f.store_key ORDER BY 1, 2'; do
    lake-sql --lake "$lake" --jobs "$jobs" "$query"
  done
}
