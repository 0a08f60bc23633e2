-- What the configurations in this folder read: on the source, in the schema shop.
CREATE SCHEMA shop;

CREATE TABLE shop.customers (id BIGINT NOT NULL, name VARCHAR(100) NOT NULL, email VARCHAR(200), country CHAR(2), created_at TIMESTAMP, PRIMARY KEY (id));
INSERT INTO shop.customers VALUES
    (1, 'Adams & Söhne "GmbH"', 'office@adams.example', 'DE', '2024-02-29 23:59:59.123456'),
    (2, 'O''Brien', '', 'IE', '2025-12-31 00:00:00'),
    (3, '^Caret, comma; and tab	', NULL, NULL, NULL);

CREATE TABLE shop.orders (id BIGINT NOT NULL, customer_id BIGINT NOT NULL, ordered_on DATE NOT NULL, amount DECIMAL(12,2), status VARCHAR(20)) SORTKEY (ordered_on);
INSERT INTO shop.orders VALUES
    (100, 1, '2026-11-01', 19.99, 'SHIPPED'),
    (101, 2, '2026-11-02', -5.00, 'RETURNED'),
    (102, 2, '2026-11-02', 9999999999.99, 'SHIPPED'),
    (103, 3, '2026-11-20', NULL, NULL);

-- A row is missing between two others, so that values given anew would be other ones.
CREATE TABLE shop.tickets (id BIGINT IDENTITY(1,1), subject VARCHAR(200));
INSERT INTO shop.tickets (subject) VALUES ('Where is order 100?');
INSERT INTO shop.tickets (subject) VALUES ('spam');
INSERT INTO shop.tickets (subject) VALUES ('Two lines' || CHR(10) || 'or not?');
DELETE FROM shop.tickets WHERE subject = 'spam';
