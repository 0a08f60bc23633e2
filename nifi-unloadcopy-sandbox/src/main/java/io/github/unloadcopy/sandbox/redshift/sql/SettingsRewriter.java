package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * SET, RESET and SHOW of settings, and those of ALTER USER: Redshift's are known, PostgreSQL's are not. Rules: "Configuration reference" of the Redshift Database Developer Guide.
 * <p>
 * Settings that PostgreSQL does not have are kept under the prefix {@code redshift.}, with their defaults in the server's configuration. Case-sensitive identifiers are kept in a setting of
 * PostgreSQL's that the sandbox has no other use for and that PostgreSQL reports to the front at every change, a ROLLBACK among them.
 */
final class SettingsRewriter implements StatementRewriter {

    private static final String CASE_SENSITIVE = "enable_case_sensitive_identifier";

    /** Redshift's own, with their defaults. */
    private static final Map<String, String> SWITCHES = Map.ofEntries(Map.entry("cast_super_null_on_error", "on"), Map.entry("describe_field_name_in_uppercase", "off"),
            Map.entry("enable_case_sensitive_super_attribute", "off"), Map.entry("enable_numeric_rounding", "on"), Map.entry("enable_result_cache_for_session", "on"),
            Map.entry("enable_spectrum_oid", "on"), Map.entry("enable_vacuum_boost", "off"), Map.entry("error_on_nondeterministic_update", "off"), Map.entry("json_parse_dedup_attributes", "off"),
            Map.entry("json_parse_truncate_strings", "off"), Map.entry("json_serialization_enable", "off"), Map.entry("json_serialization_parse_nested_strings", "off"),
            Map.entry("mv_enable_aqmv_for_session", "on"), Map.entry("navigate_super_null_on_error", "on"), Map.entry("parse_super_null_on_error", "off"),
            Map.entry("pg_federation_repeatable_read", "on"), Map.entry("spectrum_enable_pseudo_columns", "on"), Map.entry("use_fips_ssl", "off"), Map.entry("auto_analyze", "on"),
            Map.entry("auto_mv", "on"), Map.entry("interval_forbid_composite_literals", "off"));
    private static final Map<String, String> VALUES = Map.of("analyze_threshold_percent", "10", "default_geometry_encoding", "1", "max_concurrency_scaling_clusters", "1",
            "max_cursor_result_set_size", "0", "query_group", "default", "spectrum_query_maxerror", "-1", "stored_proc_log_min_messages", "LOG", "wlm_query_slot_count", "1");
    /** Those that PostgreSQL has under the same name. */
    private static final Set<String> SHARED = Set.of("datestyle", "timezone", "search_path", "statement_timeout", "extra_float_digits", "client_encoding", "application_name",
            "transaction_isolation", "default_transaction_isolation", "transaction_read_only", "client_min_messages", "seed", "names");
    /** Those of which PostgreSQL would tell something else. */
    private static final Set<String> ANSWERED = Set.of("server_version", "is_superuser", "session_authorization");
    private static final Set<String> SHOWN_ONLY = Set.of("server_encoding", "integer_datetimes", "is_superuser", "lc_collate", "lc_ctype", "max_index_keys", "max_function_args", "port");

    @Override
    public String rewrite(final List<Token> tokens) {
        final String command = tokens.get(0).upper();
        return switch (command) {
            case "SET" -> set(tokens, 1);
            case "RESET" -> reset(tokens);
            case "SHOW" -> show(tokens);
            case "ALTER" -> alterUser(tokens);
            default -> null;
        };
    }

    /** The settings that the server's configuration has to hold, with their defaults. */
    static String configuration() {
        final StringBuilder lines = new StringBuilder();
        SWITCHES.forEach((name, value) -> lines.append("redshift.").append(name).append(" = '").append(value).append("'\n"));
        VALUES.forEach((name, value) -> lines.append("redshift.").append(name).append(" = '").append(value).append("'\n"));
        return lines.toString();
    }

    private static String alterUser(final List<Token> tokens) {
        if (tokens.size() < 5 || !tokens.get(1).isWord("USER")) {
            return null;
        }

        return switch (tokens.get(3).upper()) {
            case "SET" -> set(tokens, 4);
            case "RESET" -> resetOfUser(tokens);
            default -> null;
        };
    }

    /** ALTER USER … RESET has one parameter; ALL is PostgreSQL's, see page ALTER USER. */
    private static String resetOfUser(final List<Token> tokens) {
        if (tokens.get(4).isWord("SESSION")) {
            throw SqlError.notSupported("ALTER USER ... RESET SESSION TIMEOUT is not supported by the sandbox");
        }

        if (tokens.size() > 5) {
            throw SqlError.syntax("syntax error at or near \"" + tokens.get(5).source() + '"');
        }

        final String name = name(tokens, 4);
        return SHARED.contains(name) ? null : edited(tokens, 4, 5, key(name));
    }

    private static String set(final List<Token> tokens, final int start) {
        int position = start;
        if (position < tokens.size() && (tokens.get(position).isWord("SESSION") || tokens.get(position).isWord("LOCAL"))) {
            position++;
        }

        final int authorization = start + (start + 2 < tokens.size() && tokens.get(start + 2).isWord("AUTHORIZATION") ? 2 : 1);
        if (start == 1 && authorization + 2 == tokens.size() && tokens.get(authorization - 1).isWord("SESSION") && tokens.get(authorization).isWord("AUTHORIZATION")) {
            return setAuthorization(tokens, authorization);
        }

        if (position + 1 >= tokens.size() || isOtherSet(tokens, position)) {
            return null;
        }

        final boolean qualified = tokens.get(position + 1).isSymbol('.');
        if (qualified) {
            return qualifiedName(tokens, position);
        }

        final String name = name(tokens, position);
        final int value = position + 2;
        if (!tokens.get(position + 1).isWord("TO") && !tokens.get(position + 1).isSymbol('=')) {
            return null;
        }

        if (name.equals("readonly")) {
            return "SET SESSION CHARACTERISTICS AS TRANSACTION READ " + (value < tokens.size() && tokens.get(value).source().equals("0") ? "WRITE" : "ONLY");
        }

        if (SHARED.contains(name)) {
            FloatDigits.check(name, tokens.subList(value, tokens.size()));
            checkSearchPath(name, tokens.subList(value, tokens.size()));
            return null;
        }

        final String key = key(name);
        final boolean isDefault = value < tokens.size() && tokens.get(value).isWord("DEFAULT");
        if (isDefault || VALUES.containsKey(name)) {
            return edited(tokens, position, position + 1, key);
        }

        final boolean on = isOn(tokens, value, name);
        return edited(tokens, position, tokens.size(), name.equals(CASE_SENSITIVE) ? key + " TO " + (on ? SessionSettings.CASE_SENSITIVE_VALUE : SessionSettings.FOLDING_VALUE)
                : key + " TO " + (on ? "on" : "off"));
    }

    /**
     * SET [SESSION | LOCAL] SESSION AUTHORIZATION, which superusers may use: page of that name. No user of the cluster is a superuser of PostgreSQL, but its superusers may take the role of any user.
     */
    private static String setAuthorization(final List<Token> tokens, final int authorization) {
        final Token user = tokens.get(authorization + 1);
        final String role;
        if (user.isWord("DEFAULT")) {
            role = "NONE";
        } else {
            role = Literals.quoteIdentifier(user.isString() ? Literals.value(user) : Literals.identifier(user));
        }

        return (tokens.get(1).isWord("LOCAL") ? "SET LOCAL ROLE " : "SET ROLE ") + role;
    }

    private static void checkSearchPath(final String name, final List<Token> value) {
        if (name.equals("search_path") && value.stream().anyMatch(token -> (token.isString() || token.isIdentifier()) && CatalogRewriter.isOwn(token))) {
            throw new SqlError(SqlError.INVALID_VALUE, "invalid value for parameter \"search_path\"");
        }
    }

    /** SET TIME ZONE, SET TRANSACTION and the like, which are no settings by name. */
    private static boolean isOtherSet(final List<Token> tokens, final int position) {
        final Token word = tokens.get(position);
        return word.isWord("TIME") || word.isWord("TRANSACTION") || word.isWord("CHARACTERISTICS") || word.isWord("AUTHORIZATION") || word.isWord("NAMES") || word.isWord("SEED")
                || word.isWord("CONSTRAINTS");
    }

    /** Variables of applications have a name of two parts; the sandbox keeps some for itself. */
    private static String qualifiedName(final List<Token> tokens, final int position) {
        final String prefix = name(tokens, position);
        if (prefix.equals("redshift") || prefix.equals("plpgsql")) {
            throw unknown(prefix + '.' + tokens.get(Math.min(position + 2, tokens.size() - 1)).source());
        }

        return null;
    }

    private static boolean isOn(final List<Token> tokens, final int position, final String name) {
        if (position + 1 == tokens.size()) {
            final Token token = tokens.get(position);
            final String value = (token.isString() ? Literals.value(token) : token.source()).toLowerCase(Locale.ROOT);
            if (Set.of("on", "true", "yes", "1", "t").contains(value)) {
                return true;
            }

            if (Set.of("off", "false", "no", "0", "f").contains(value)) {
                return false;
            }
        }

        throw new SqlError(SqlError.INVALID_VALUE, "parameter \"" + name + "\" requires a Boolean value");
    }

    private static String reset(final List<Token> tokens) {
        if (tokens.size() == 3 && tokens.get(1).isWord("SESSION") && tokens.get(2).isWord("AUTHORIZATION")) {
            return "RESET ROLE";
        }

        if (tokens.size() != 2 || tokens.get(1).isWord("ALL") || SHARED.contains(name(tokens, 1))) {
            return null;
        }

        return "RESET " + key(name(tokens, 1));
    }

    private static String show(final List<Token> tokens) {
        if (tokens.size() != 2 || !tokens.get(1).isIdentifier()) {
            return null;
        }

        final String name = name(tokens, 1);
        if (name.equals("all")) {
            throw SqlError.notSupported("SHOW ALL is not supported by the sandbox");
        }

        if (!ANSWERED.contains(name) && (SHARED.contains(name) || SHOWN_ONLY.contains(name))) {
            return null;
        }

        if (!ANSWERED.contains(name)) {
            key(name);
        }

        return "SELECT pg_internal.setting(" + Literals.quote(name) + ") AS " + Literals.quoteIdentifier(name);
    }

    private static String key(final String name) {
        if (name.equals(CASE_SENSITIVE)) {
            return SessionSettings.CASE_SENSITIVITY;
        }

        if (!SWITCHES.containsKey(name) && !VALUES.containsKey(name)) {
            throw unknown(name);
        }

        return "redshift." + name;
    }

    private static SqlError unknown(final String name) {
        return new SqlError(SqlError.UNDEFINED_OBJECT, "unrecognized configuration parameter \"" + name + '"');
    }

    private static String name(final List<Token> tokens, final int position) {
        return Literals.identifier(tokens.get(position)).toLowerCase(Locale.ROOT);
    }

    private static String edited(final List<Token> tokens, final int first, final int end, final String text) {
        final SqlEdit edit = new SqlEdit(tokens);
        edit.replace(first, end, text);
        return edit.result();
    }
}
