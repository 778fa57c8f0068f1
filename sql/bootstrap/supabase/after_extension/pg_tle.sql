-- What Supabase grants after CREATE EXTENSION pg_tle: there postgres is made a member of the role pgtle_admin.

grant execute on function
    pgtle.install_extension(text, text, text, text, text[]), pgtle.install_extension_version_sql(text, text, text),
    pgtle.install_update_path(text, text, text, text), pgtle.set_default_version(text, text),
    pgtle.uninstall_extension(text), pgtle.uninstall_extension_if_exists(text)
    to postgres;
