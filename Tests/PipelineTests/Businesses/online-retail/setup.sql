-- A gift shop's daily drops: one CSV a day with every invoice line of that day.
CREATE SCHEMA IF NOT EXISTS bronze LOCATION '../lake/bronze';
CREATE SCHEMA IF NOT EXISTS silver;
CREATE SCHEMA IF NOT EXISTS gold;

CREATE TABLE IF NOT EXISTS bronze.online_retail (
  InvoiceNo STRING,
  StockCode STRING,
  Description STRING,
  Quantity STRING,
  InvoiceDate STRING,
  UnitPrice STRING,
  CustomerID STRING,
  Country STRING
) USING csv OPTIONS (header 'true', escape '"') LOCATION 'shop/invoice_lines';
