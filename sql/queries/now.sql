-- The time that every row of this transaction gets.
SELECT now()
