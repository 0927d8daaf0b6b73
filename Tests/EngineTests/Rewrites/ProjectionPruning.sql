-- Columns that nobody uses are neither computed nor read.
SELECT id FROM (SELECT id, upper(note) AS u, price * quantity AS p FROM silver.sales) x;
-- before:
--   project id
--     scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
-- after:
--   project id
--     scan silver.sales (id)

SELECT a FROM (SELECT a, lag(b) OVER (ORDER BY a) AS p FROM t) w;
-- before:
--   project a
--     window lag(b) over (order by a) as lag_0
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project a
--     scan t (a)

SELECT s FROM (SELECT s, sum(a) AS n, count(*) AS m FROM t GROUP BY s) g;
-- before:
--   project s
--     aggregate [s] sum(cast(a as BIGINT)) as sum_0, count() as count_1
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project s
--     aggregate [s]
--       scan t (s)

-- Rows are counted by the lightest column.
SELECT count(*) AS n FROM silver.sales;
-- before:
--   project count_0 as n
--     aggregate [] count() as count_0
--       scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
-- after:
--   project count_0 as n
--     aggregate [] count() as count_0
--       scan silver.sales (line)

-- A join reads its keys, and carries what is asked for.
SELECT s.id FROM silver.sales s JOIN silver.stores t ON t.store_id = s.store_id;
-- before:
--   project id
--     inner join on store_id = store_id
--       scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
--       scan silver.stores (store_id, city, opened)
-- after:
--   project id
--     inner join on store_id = store_id
--       scan silver.sales (id, store_id)
--       scan silver.stores (store_id)

SELECT l.sku FROM bronze.events e LATERAL VIEW posexplode(e.lines) l AS n, l;
-- before:
--   project l.sku as sku
--     posexplode lines as n, l
--       scan bronze.events (id, at, lines, tags, ingest_date)
-- after:
--   project l.sku as sku
--     posexplode lines as n, l
--       scan bronze.events (lines)
