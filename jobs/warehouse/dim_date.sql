-- Every day from 1990-01-01 to 2049-12-31. Weeks are ISO weeks: they start on Monday, and week 1 is
-- the one with the year's first Thursday, so iso_year is the year of the week's Thursday.
--
-- The fiscal year starts with the month that `settings` says and is called by the year in which it
-- starts. The retail year has whole weeks: it starts on the `first_weekday` (0 is Monday, 6 Sunday)
-- nearest to the first of that month, and its 53rd week, where it has one, lengthens the last period.
-- A quarter has three periods, of which `long_period` has five weeks and the others four: 3 is 4-4-5,
-- 2 is 4-5-4, 1 is 5-4-4.
-- `last_year_same_day_key` is the same day of the week 52 weeks before, what a shop compares with.
CREATE MATERIALIZED VIEW warehouse.dim_date
COMMENT 'the calendar, a row a day'
TBLPROPERTIES ('dimension' = 'static', 'key' = 'business_date')
AS
WITH settings AS (
  SELECT 2 AS first_month, 0 AS first_weekday, 3 AS long_period
),
-- Days on which shops are closed or full. Those of every year have no year.
holidays AS (
  SELECT *
  FROM VALUES
    (NULL, 1, 1, 'New Year''s Day'), (NULL, 5, 1, 'Labour Day'), (NULL, 12, 24, 'Christmas Eve'),
    (NULL, 12, 25, 'Christmas Day'), (NULL, 12, 26, 'Boxing Day'), (NULL, 12, 31, 'New Year''s Eve'),
    (2024, 3, 29, 'Good Friday'), (2024, 4, 1, 'Easter Monday'), (2024, 11, 29, 'Black Friday'),
    (2025, 4, 18, 'Good Friday'), (2025, 4, 21, 'Easter Monday'), (2025, 11, 28, 'Black Friday'),
    (2026, 4, 3, 'Good Friday'), (2026, 4, 6, 'Easter Monday'), (2026, 11, 27, 'Black Friday'),
    (2027, 3, 26, 'Good Friday'), (2027, 3, 29, 'Easter Monday'), (2027, 11, 26, 'Black Friday'),
    (2028, 4, 14, 'Good Friday'), (2028, 4, 17, 'Easter Monday'), (2028, 11, 24, 'Black Friday')
    AS h (in_year, in_month, on_day, holiday_name)
),
days AS (
  SELECT d.day AS business_date
  FROM (SELECT sequence(DATE'1990-01-01', DATE'2049-12-31', INTERVAL 1 DAY) AS calendar) c
  LATERAL VIEW explode(c.calendar) d AS day
),
named_days AS (
  SELECT d.business_date, max(h.holiday_name) AS holiday_name
  FROM days d
  LEFT JOIN holidays h
    ON h.in_month = month(d.business_date) AND h.on_day = day(d.business_date)
    AND coalesce(h.in_year, year(d.business_date)) = year(d.business_date)
  GROUP BY d.business_date
),
-- The first of the fiscal year's first month, in the year of the day and in those beside it.
firsts AS (
  SELECT
    d.business_date,
    d.holiday_name,
    add_months(d.business_date, 1 - s.first_month) AS fiscal_date,
    make_date(year(d.business_date), s.first_month, 1) AS this_first,
    make_date(year(d.business_date) - 1, s.first_month, 1) AS last_first,
    make_date(year(d.business_date) + 1, s.first_month, 1) AS next_first,
    s.first_weekday,
    s.long_period
  FROM named_days d
  CROSS JOIN settings s
),
-- How many days they lie behind the first day of a week.
offsets AS (
  SELECT
    *,
    (weekday(this_first) - first_weekday + 7) % 7 AS this_offset,
    (weekday(last_first) - first_weekday + 7) % 7 AS last_offset,
    (weekday(next_first) - first_weekday + 7) % 7 AS next_offset
  FROM firsts
),
-- The first days of a week nearest to them.
starts AS (
  SELECT
    business_date,
    holiday_name,
    fiscal_date,
    long_period,
    date_add(
      this_first, CASE WHEN this_offset <= 3 THEN -this_offset ELSE 7 - this_offset END
    ) AS this_start,
    date_add(
      last_first, CASE WHEN last_offset <= 3 THEN -last_offset ELSE 7 - last_offset END
    ) AS last_start,
    date_add(
      next_first, CASE WHEN next_offset <= 3 THEN -next_offset ELSE 7 - next_offset END
    ) AS next_start
  FROM offsets
),
weeks AS (
  SELECT
    business_date,
    holiday_name,
    fiscal_date,
    long_period,
    CASE
      WHEN business_date >= next_start THEN year(business_date) + 1
      WHEN business_date >= this_start THEN year(business_date)
      ELSE year(business_date) - 1
    END AS retail_year,
    CAST(floor(datediff(business_date, CASE
      WHEN business_date >= next_start THEN next_start
      WHEN business_date >= this_start THEN this_start
      ELSE last_start
    END) / 7) AS INT) + 1 AS retail_week
  FROM starts
),
quarters AS (
  SELECT
    *,
    CASE
      WHEN retail_week <= 13 THEN 1 WHEN retail_week <= 26 THEN 2
      WHEN retail_week <= 39 THEN 3 ELSE 4
    END AS retail_quarter
  FROM weeks
),
-- The weeks of a quarter are numbered from 1; a 53rd is the 14th of its.
quarter_weeks AS (
  SELECT *, retail_week - 13 * (retail_quarter - 1) AS week_of_quarter
  FROM quarters
)
SELECT
  year(business_date) * 10000 + month(business_date) * 100 + day(business_date) AS date_key,
  business_date,
  year(business_date) AS year,
  quarter(business_date) AS quarter,
  month(business_date) AS month,
  date_format(business_date, 'MMMM') AS month_name,
  date_format(business_date, 'yyyy-MM') AS year_month,
  year(date_add(business_date, 3 - weekday(business_date))) AS iso_year,
  weekofyear(business_date) AS iso_week,
  dayofyear(business_date) AS day_of_year,
  day(business_date) AS day_of_month,
  weekday(business_date) + 1 AS day_of_week,
  date_format(business_date, 'EEEE') AS day_name,
  weekday(business_date) >= 5 AS is_weekend,
  year(fiscal_date) AS fiscal_year,
  quarter(fiscal_date) AS fiscal_quarter,
  month(fiscal_date) AS fiscal_month,
  retail_year,
  retail_quarter,
  3 * (retail_quarter - 1) + CASE
    WHEN week_of_quarter <= CASE WHEN long_period = 1 THEN 5 ELSE 4 END THEN 1
    WHEN week_of_quarter <= CASE WHEN long_period = 3 THEN 8 ELSE 9 END THEN 2
    ELSE 3
  END AS retail_period,
  retail_week,
  holiday_name IS NOT NULL AS is_holiday,
  holiday_name,
  CASE WHEN business_date >= DATE'1990-12-31' THEN
    year(date_sub(business_date, 364)) * 10000 + month(date_sub(business_date, 364)) * 100
    + day(date_sub(business_date, 364))
  END AS last_year_same_day_key,
  CASE WHEN business_date >= DATE'1991-01-01' THEN
    year(add_months(business_date, -12)) * 10000 + month(add_months(business_date, -12)) * 100
    + day(add_months(business_date, -12))
  END AS last_year_date_key
FROM quarter_weeks;
