-- Look at every deferred constraint now.
SET CONSTRAINTS ALL IMMEDIATE
