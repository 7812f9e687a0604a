-- From here on, or up to the savepoint's end, the transaction may not write.
SET TRANSACTION READ ONLY
