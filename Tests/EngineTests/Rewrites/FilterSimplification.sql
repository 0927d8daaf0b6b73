-- A condition that always holds goes.
SELECT a FROM t WHERE 1 = 1;
-- before:
--   project a
--     filter true
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project a
--     scan t (a, b, c, s, d, e, f)

-- One that never does leaves no rows, and nothing to read.
SELECT upper(s) AS u FROM t WHERE NULL ORDER BY 1;
-- before:
--   sort u
--     project upper(s) as u
--       filter null
--         scan t (a, b, c, s, d, e, f)
-- after:
--   values 0 rows

SELECT a FROM t UNION ALL SELECT a FROM u WHERE false;
-- before:
--   union all
--     project a
--       scan t (a, b, c, s, d, e, f)
--     project a
--       filter false
--         scan u (a, x, y, z)
-- after:
--   union all
--     project a
--       scan t (a, b, c, s, d, e, f)

SELECT t.a FROM t LEFT JOIN u ON t.a = u.a WHERE t.a IN (SELECT line FROM silver.sales LIMIT 0);
-- before:
--   project a
--     semi join on a = line
--       left join on a = a
--         scan t (a, b, c, s, d, e, f)
--         scan u (a, x, y, z)
--       limit 0
--         project line
--           scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
-- after:
--   values 0 rows

SELECT a FROM t ANTI JOIN (SELECT * FROM u WHERE false) v ON t.a = v.a;
-- before:
--   project a
--     anti join on a = a
--       scan t (a, b, c, s, d, e, f)
--       project a, x, y, z
--         filter false
--           scan u (a, x, y, z)
-- after:
--   project a
--     scan t (a, b, c, s, d, e, f)

-- Groups of no rows are still one row.
SELECT count(*) AS n FROM t WHERE 1 = 2;
-- before:
--   project count_0 as n
--     aggregate [] count() as count_0
--       filter false
--         scan t (a, b, c, s, d, e, f)
-- after:
--   project count_0 as n
--     aggregate [] count() as count_0
--       values 0 rows
