-- Comparisons with values tell which files and row groups hold no row.
SELECT a FROM t WHERE a >= 3 AND 9 > b AND s = 'x' AND d <= 1.5;
-- before:
--   project a
--     filter ((a >= 3) and (9 > b) and (s = 'x') and (d <= 1.50))
--       scan t (a, b, s, d)
-- after:
--   project a
--     filter ((a >= 3) and (9 > b) and (s = 'x') and (d <= 1.50))
--       scan t (a, b, s, d) where a >= 3 and b < 9 and s = 'x' and d <= 1.50

SELECT a FROM u WHERE x IN ('k', 'l') AND y IS NOT NULL AND z IS NULL;
-- before:
--   project a
--     filter (x in ('k', 'l') and not y is null and z is null)
--       scan u (a, x, y, z)
-- after:
--   project a
--     filter (x in ('k', 'l') and not y is null and z is null)
--       scan u (a, x, y, z) where x in ('k', 'l') and y is not null and z is null

-- Bounds leave NaN out, which is above all numbers.
SELECT a FROM t WHERE c < 1.5D AND c > 0.5D AND c = 1D;
-- before:
--   project a
--     filter ((c < 1.5) and (c > 0.5) and (c = 1.0))
--       scan t (a, c)
-- after:
--   project a
--     filter ((c < 1.5) and (c > 0.5) and (c = 1.0))
--       scan t (a, c) where c < 1.5

-- A condition of two columns, or on what is computed, says nothing.
SELECT a FROM t WHERE a < b AND upper(s) = 'X' AND (a = 1 OR a = 2);
-- before:
--   project a
--     filter ((cast(a as BIGINT) < b) and (upper(s) = 'X') and ((a = 1) or (a = 2)))
--       scan t (a, b, s)
-- after:
--   project a
--     filter ((cast(a as BIGINT) < b) and (upper(s) = 'X') and ((a = 1) or (a = 2)))
--       scan t (a, b, s)
