-- What a shopkeeper asks first. `make demo` ends with these answers; try them with
--     lake-sql --file jobs/demo.sql

-- How much did each channel sell, and what is left after the cost of the goods?
SELECT
  channel,
  count(*) AS line_count,
  sum(net_amount) AS net_sales,
  sum(margin_amount) AS margin
FROM gold.sales
GROUP BY channel
ORDER BY channel;

-- How did the stores do, month by month?
SELECT
  date_format(business_date, 'yyyy-MM') AS month,
  sum(transactions) AS receipts,
  sum(units) AS units,
  sum(net_sales) AS net_sales,
  round(sum(net_sales) / sum(transactions), 2) AS average_basket
FROM gold.daily_store_sales
WHERE channel = 'store'
GROUP BY month
ORDER BY month;

-- Which stores took the most?
SELECT store_id, sum(transactions) AS receipts, sum(net_sales) AS net_sales
FROM gold.daily_store_sales
WHERE channel = 'store'
GROUP BY store_id
ORDER BY net_sales DESC
LIMIT 5;

-- What do people buy?
SELECT category, count(*) AS line_count, sum(net_amount) AS net_sales
FROM gold.sales
WHERE channel = 'store'
GROUP BY category
ORDER BY net_sales DESC
LIMIT 5;

-- Who are the best customers?
SELECT customer_id, tier, transactions, net_sales, last_purchase_date, favourite_category
FROM gold.customer_360
WHERE recency_score = 5 AND frequency_score = 5 AND monetary_score = 5
ORDER BY net_sales DESC, customer_id
LIMIT 5;

-- How fast do orders leave the house?
SELECT
  status,
  count(*) AS orders,
  sum(net_amount) AS net_amount,
  round(avg(hours_to_ship) / 24, 1) AS days_to_ship
FROM gold.orders
GROUP BY status
ORDER BY status;

-- What was set aside, and why?
SELECT rule, count(*) AS row_count
FROM quarantine.sales_lines
GROUP BY rule
ORDER BY rule;
