-- What the findings of an inspection say, kept with the inspection, so that a list need not gather it from some thirty
-- rows for each of its own. The ratings, not the progress: what is required depends on the vehicle and the catalogue,
-- and the program judges that when it is asked.

-- NULL where it has not been gathered yet: inspections that were there before this column, until the next migration has
-- come to them or somebody writes their findings. Adding it so takes no longer on a shop with a long past.
ALTER TABLE inspections ADD COLUMN ratings TEXT;
ALTER TABLE inspections ALTER COLUMN ratings SET DEFAULT '';

-- A category, its components, each with a mark, the next category: `tires spare g pressure r+;brakes pedal_feel -`. The mark
-- is a severity's first letter, or a dash where the component does not apply; a plus says that the customer is told why.
-- Whatever else may tell them why one day, counts here.
CREATE FUNCTION courtesy.ratings_of(of_shop UUID, inspection UUID) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(string_agg(c.category || c.marks, ';' ORDER BY c.place, c.category), '')
      FROM (SELECT x.category, min(x.sort_order) AS place,
                   string_agg(' ' || x.component || ' '
                              || CASE WHEN x.not_applicable THEN '-' ELSE left(x.severity, 1) END
                              || CASE WHEN x.notes IS NULL THEN '' ELSE '+' END,
                              '' ORDER BY x.sort_order, x.component) AS marks
              FROM inspection_items x
             WHERE x.shop_id = of_shop AND x.inspection_id = inspection
             GROUP BY x.category) c;
END;
GRANT EXECUTE ON FUNCTION courtesy.ratings_of TO courtesy_app;

-- Keeps the ratings, whoever writes findings: a program of the version before as well, which knows nothing of them. Once
-- a statement, however many taps it carries, and only where they say something else now. Whoever writes findings holds
-- the inspection, so no two gather at once.
CREATE FUNCTION courtesy.keep_ratings() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    changed record;
    present text;
BEGIN
    FOR changed IN SELECT DISTINCT w.shop_id, w.inspection_id FROM written w LOOP
        present := courtesy.ratings_of(changed.shop_id, changed.inspection_id);
        UPDATE inspections i SET ratings = present
         WHERE i.shop_id = changed.shop_id AND i.id = changed.inspection_id AND i.ratings IS DISTINCT FROM present;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_ratings_of_new AFTER INSERT ON inspection_items
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings();
CREATE TRIGGER keep_ratings_of_changed AFTER UPDATE ON inspection_items
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings();
CREATE TRIGGER keep_ratings_of_removed AFTER DELETE ON inspection_items
    REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings();

-- Gathering is no change of the inspection: its updated_at tells when somebody last did something to it.
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON inspections FOR EACH ROW
    WHEN (NEW.ratings IS NOT DISTINCT FROM OLD.ratings) EXECUTE FUNCTION courtesy.touch();
