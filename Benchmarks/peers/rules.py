"""What the rules of jobs/silver ask of an event and its lines; the peers say it in their ways."""

HEAD = (
    "schema_version", "event_id", "event_type", "event_time", "store_id", "register_id",
    "cashier_id", "transaction_id", "original_transaction_id", "loyalty_id", "currency",
)
LINE = ("line_no", "sku", "description", "quantity", "unit_price", "discount", "tax")
SILVER = (
    "event_id", "line_no", "event_type", "transaction_id", "original_transaction_id",
    "event_time", "business_date", "store_id", "register_id", "cashier_id", "loyalty_id",
    "currency", "sku", "description", "quantity", "unit_price", "discount_amount",
    "tax_amount", "net_amount",
)

# Numbers are first read with more decimals than their type has: a price of 1.999 is set aside.
WIDE = (18, 6)
QUANTITY, PRICE, AMOUNT = (12, 3), (12, 2), (18, 2)

CURRENCIES = tuple(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW
    KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD
    NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES
    VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split())
