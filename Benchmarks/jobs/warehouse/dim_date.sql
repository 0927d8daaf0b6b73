-- Every day from 1990-01-01 to 2049-12-31. Weeks are ISO weeks: they start on Monday, and week 1 is
-- the one with the year's first Thursday, so iso_year is the year of the week's Thursday.
CREATE MATERIALIZED VIEW warehouse.dim_date
COMMENT 'the calendar, a row a day'
TBLPROPERTIES ('dimension' = 'static', 'key' = 'business_date')
AS
WITH days AS (
  SELECT d.day AS business_date
  FROM (SELECT sequence(DATE'1990-01-01', DATE'2049-12-31', INTERVAL 1 DAY) AS calendar) c
  LATERAL VIEW explode(c.calendar) d AS day
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
  weekday(business_date) >= 5 AS is_weekend
FROM days;
