-- What customers say about being texted in words of their own, and what they said in person.

-- Something was said that sounds like a STOP and is none by its words: somebody of the shop has to look.
ALTER TABLE conversations ADD COLUMN wants_no_texts BOOLEAN NOT NULL DEFAULT false;

-- What whoever recorded it has to say about how it was given.
ALTER TABLE consent_events ADD COLUMN reason VARCHAR(500);
