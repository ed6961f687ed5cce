-- Version 2.

ALTER TABLE meta ADD COLUMN withheld TEXT;              -- why no seat is given until an operator confirms; NULL: seats are given
ALTER TABLE meta ADD COLUMN withheld_since INTEGER;     -- Unix seconds: when the copy was made, or was noticed
