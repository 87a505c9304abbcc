//! Everything that a shop has, in one word a table: whatever changes, it shows. The tables are taken from the
//! catalogue, so a new one is watched without being listed.

use std::collections::BTreeMap;

use tokio_postgres::Client;

/// The digest of a shop's rows, by table. When a session was last used is left out: that is noted of whoever is there.
pub(crate) async fn fingerprint(owner: &Client, shop: &str) -> BTreeMap<String, String> {
    let tables = "SELECT c.relname::text, CASE c.relname WHEN 'shops' THEN 'id' ELSE 'shop_id' END
                    FROM pg_class c
                   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                     AND (c.relname = 'shops' OR EXISTS (
                         SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'shop_id'))";
    let digests = owner.query(tables, &[]).await.unwrap().into_iter().map(|table| {
        let (name, shop): (String, String) = (table.get(0), table.get(1));
        format!(
            "SELECT '{name}', coalesce(md5(string_agg(words, '' ORDER BY words)), 'empty')
               FROM (SELECT (to_jsonb(t) - 'last_seen_at')::text AS words FROM {name} t WHERE {shop}::text = $1) rows"
        )
    });
    let all = digests.collect::<Vec<_>>().join(" UNION ALL ");
    owner.query(&all, &[&shop]).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}
