-- What depends on no row is computed once.
SELECT 1 + 2 * 3 AS x, CAST('12' AS INT) AS y, upper('a') AS u;
-- before:
--   project (1 + (2 * 3)) as x, cast('12' as INT) as y, upper('a') as u
--     values 1 rows
-- after:
--   project 7 as x, 12 as y, 'A' as u
--     values 1 rows

SELECT a FROM t WHERE f AND 1 = 1 OR a IN (NULL);
-- before:
--   project a
--     filter ((f and (1 = 1)) or a in (null))
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project a
--     filter (f or a in (null))
--       scan t (a, b, c, s, d, e, f)

-- Branches that are never taken go.
SELECT CASE WHEN 1 = 2 THEN a WHEN f THEN 3 ELSE 4 END AS x, if(2 > 1, a, 0) AS y FROM t;
-- before:
--   project case when (1 = 2) then a when f then 3 else 4 end as x, case when (2 > 1) then a else 0 end as y
--     scan t (a, b, c, s, d, e, f)
-- after:
--   project case when f then 3 else 4 end as x, a as y
--     scan t (a, b, c, s, d, e, f)

-- What fails is left to the rows that reach it.
SELECT CAST('x' AS INT) AS x, a FROM t WHERE f;
-- before:
--   project cast('x' as INT) as x, a
--     filter f
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project cast('x' as INT) as x, a
--     filter f
--       scan t (a, b, c, s, d, e, f)

-- The clock of a run stands still.
SELECT date_add(current_date(), 1) AS d FROM t;
-- before:
--   project date_add(current_date(), 1) as d
--     scan t (a, b, c, s, d, e, f)
-- after:
--   project 2026-01-02 as d
--     scan t (a, b, c, s, d, e, f)
